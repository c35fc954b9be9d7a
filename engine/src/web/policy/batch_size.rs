//! How many pictures, or prompts, run together. Batches grow only while they are fast, because what
//! was asked for first waits for the last, and a person may change their mind in between.

/// The bounds of a batch.
#[derive(Debug, PartialEq)]
struct Bounds {
    least: usize,
    most: usize,
    /// Batches that take fewer milliseconds than this grow.
    quick: f64,
    /// Batches that take more milliseconds than this shrink.
    slow: f64,
}

/// 16 pictures are what the network takes in one submission, and 10 MB when preprocessed.
const PICTURES: Bounds = Bounds {
    least: 1,
    most: 16,
    quick: 250.0,
    slow: 1000.0,
};

/// A GPU reads 128 prompts back in the time of one; a processor gains nothing beyond the first few.
const PROMPTS: Bounds = Bounds {
    least: 8,
    most: 128,
    quick: 30.0,
    slow: 250.0,
};

/// The size of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchSize {
    size: usize,
    bounds: &'static Bounds,
}

impl BatchSize {
    pub fn of_pictures() -> Self {
        Self::least(&PICTURES)
    }

    pub fn of_prompts() -> Self {
        Self::least(&PROMPTS)
    }

    fn least(bounds: &'static Bounds) -> Self {
        let size = bounds.least;
        Self { size, bounds }
    }

    /// Pictures or prompts.
    pub fn count(self) -> usize {
        self.size
    }

    /// The next size, after a batch of `count` took `milliseconds`.
    pub fn after(self, count: usize, milliseconds: f64) -> Self {
        let Bounds {
            least,
            most,
            quick,
            slow,
        } = *self.bounds;
        let size = if milliseconds >= slow {
            (self.size / 2).max(least)
        } else if milliseconds < quick && count >= self.size {
            (self.size * 2).min(most)
        } else {
            // A batch that was not full says nothing about a larger one.
            self.size
        };
        Self { size, ..self }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn quick_batches_grow_to_the_bound_and_slow_ones_shrink_to_the_least() {
        for (least, bounds) in [
            (BatchSize::of_pictures(), PICTURES),
            (BatchSize::of_prompts(), PROMPTS),
        ] {
            let grown = (0..9).fold(least, |size, _| size.after(size.count(), 20.0));
            assert_eq!(grown.count(), bounds.most);
            let shrunk = (0..9).fold(grown, |size, _| size.after(size.count(), 5e3));
            assert_eq!(shrunk, least);
        }
    }

    #[test]
    fn a_batch_that_was_not_full_or_took_its_time_changes_nothing() {
        let two = BatchSize::of_pictures().after(1, 40.0);
        assert_eq!(two.count(), 2);
        assert_eq!(two.after(1, 40.0), two);
        assert_eq!(two.after(2, 500.0), two);
    }
}
