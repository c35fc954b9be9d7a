//! The numbers of groups.

use std::cmp::Reverse;

/// Numbers groups from 0, the largest first and equally large ones in the order of their first
/// members. `groups` has any number for each member, the same within a group.
pub fn largest_first(groups: &[usize]) -> Vec<u32> {
    let most = groups.iter().max().map_or(0, |most| most + 1);
    let mut sizes = vec![0_usize; most];
    let mut order = Vec::new();
    for &group in groups {
        if sizes[group] == 0 {
            order.push(group);
        }
        sizes[group] += 1;
    }
    order.sort_by_key(|&group| Reverse(sizes[group]));
    let mut numbers = vec![0; most];
    for (number, group) in (0..).zip(order) {
        numbers[group] = number;
    }
    groups.iter().map(|&group| numbers[group]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_group_is_the_first() {
        assert_eq!(largest_first(&[4, 7, 2, 7, 2, 9]), [2, 0, 1, 0, 1, 3]);
        assert_eq!(largest_first(&[]), [0_u32; 0]);
    }
}
