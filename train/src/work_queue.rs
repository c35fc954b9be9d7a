//! Work shared by all cores: each thread takes the next item when it has finished one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// The items that one thread takes, each with its index.
pub struct WorkQueue<'a, T> {
    items: &'a [T],
    next: &'a AtomicUsize,
}

impl<'a, T> Iterator for WorkQueue<'a, T> {
    type Item = (usize, &'a T);

    fn next(&mut self) -> Option<Self::Item> {
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        Some((index, self.items.get(index)?))
    }
}

/// Runs `work` on every core and returns the results.
pub fn run_on_every_core<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(WorkQueue<'_, T>) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let run = || work(WorkQueue { items, next: &next });
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let begun: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let ended = begun.into_iter();
        ended
            .map(|run| run.join().expect("work does not panic"))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_taken_once() {
        let items: Vec<usize> = (0..1000).map(|item| item * 3).collect();
        let mut taken: Vec<(usize, usize)> = run_on_every_core(&items, |turns| {
            turns
                .map(|(index, item)| (index, *item))
                .collect::<Vec<_>>()
        })
        .concat();
        taken.sort_unstable();
        let expected: Vec<(usize, usize)> = items.into_iter().enumerate().collect();
        assert_eq!(taken, expected);
    }
}
