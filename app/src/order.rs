//! One sort for the whole page: each type's own would add 4 kB to its program.

use std::cmp::Ordering;

/// The places of `count` items in order; equal ones stay as they are. `compare` is given two places.
pub fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|&one, &other| compare(one, other));
    places
}

/// Items in order; equal ones stay as they are.
pub fn sorted<T>(items: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let places = places(items.len(), &|one, other| {
        compare(&items[one], &items[other])
    });
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    let taken = places.into_iter().filter_map(|place| items[place].take());
    taken.collect()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::sorted;

    #[wasm_bindgen_test]
    fn equal_items_stay_as_they_are() {
        let words = ["pear", "fig", "plum", "nut", "apple"];
        let by_length = sorted(words.to_vec(), |one, other| one.len().cmp(&other.len()));
        assert_eq!(by_length, ["fig", "nut", "pear", "plum", "apple"]);
        assert!(sorted(Vec::<u8>::new(), u8::cmp).is_empty());
    }
}
