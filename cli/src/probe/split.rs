//! What is learnt from, and what is held out.

/// One picture of so many is held out.
const EVERY: usize = 5;

/// Divides a list by the class of each entry into those to learn from and those held out: every fifth of a
/// class, or the last of a class with fewer than five. A class with one entry is only learnt from.
pub fn hold_out<T>(entries: Vec<(usize, T)>, classes: usize) -> [Vec<(usize, T)>; 2] {
    let mut counts = vec![0; classes];
    for (class, _) in &entries {
        counts[*class] += 1;
    }
    let mut seen = vec![0; classes];
    let held_out = |(class, _): &(usize, T)| {
        seen[*class] += 1;
        let (seen, count) = (seen[*class], counts[*class]);
        seen % EVERY == 0 || seen == count && (2..EVERY).contains(&count)
    };
    let (held_out, learnt) = entries.into_iter().partition(held_out);
    [learnt, held_out]
}

/// The first entries of each class, at most `shots`.
pub fn first_of_each<T>(entries: Vec<(usize, T)>, classes: usize, shots: usize) -> Vec<(usize, T)> {
    let mut seen = vec![0; classes];
    let first = |(class, _): &(usize, T)| {
        seen[*class] += 1;
        seen[*class] <= shots
    };
    entries.into_iter().filter(first).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Classes with these numbers of entries; an entry is its number in its class.
    fn entries(counts: &[usize]) -> Vec<(usize, usize)> {
        let class = |(class, &count): (usize, &usize)| (0..count).map(move |entry| (class, entry));
        counts.iter().enumerate().flat_map(class).collect()
    }

    #[test]
    fn a_fifth_of_each_class_is_held_out() {
        let [learnt, held_out] = hold_out(entries(&[11, 1, 3, 5]), 4);
        assert_eq!(held_out, [(0, 4), (0, 9), (2, 2), (3, 4)]);
        assert_eq!(learnt.len(), 16);
        assert!(learnt.iter().all(|entry| !held_out.contains(entry)));
    }

    #[test]
    fn shots_are_the_first_of_each_class() {
        let found = first_of_each(entries(&[3, 1, 2]), 3, 2);
        assert_eq!(found, [(0, 0), (0, 1), (1, 0), (2, 0), (2, 1)]);
    }
}
