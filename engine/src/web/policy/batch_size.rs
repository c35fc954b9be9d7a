//! How many pictures run together on a GPU. Batches grow only while they are fast, because the
//! first picture waits for the last.

/// Largest batch: what the network takes in one submission, and 10 MB when preprocessed.
const MOST: usize = 16;
/// Batches that take less time than this grow.
const QUICK_MILLISECONDS: f64 = 250.0;
/// Batches that take more time than this shrink.
const SLOW_MILLISECONDS: f64 = 1000.0;

/// The number of pictures in a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSize(usize);

impl Default for BatchSize {
    fn default() -> Self {
        Self(1)
    }
}

impl BatchSize {
    pub fn pictures(self) -> usize {
        self.0
    }

    /// The next size, after a batch of `pictures` took `milliseconds`.
    pub fn after(self, pictures: usize, milliseconds: f64) -> Self {
        match milliseconds {
            SLOW_MILLISECONDS.. => Self((self.0 / 2).max(1)),
            // A batch that was not full says nothing about a larger one.
            ..QUICK_MILLISECONDS if pictures == self.0 => Self((self.0 * 2).min(MOST)),
            _ => self,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn quick_batches_grow_to_the_bound_and_slow_ones_shrink_to_one() {
        let grown = (0..9).fold(BatchSize::default(), |size, _| {
            size.after(size.pictures(), 40.0)
        });
        assert_eq!(grown.pictures(), MOST);
        let shrunk = (0..9).fold(grown, |size, _| size.after(size.pictures(), 5e3));
        assert_eq!(shrunk.pictures(), 1);
    }

    #[test]
    fn a_batch_that_was_not_full_or_took_its_time_changes_nothing() {
        let four = BatchSize(4);
        assert_eq!(four.after(3, 40.0), four);
        assert_eq!(four.after(4, 500.0), four);
    }
}
