//! The values of batches, in order. While the device runs one batch, the host records the next.

use std::collections::VecDeque;

use glance_compute::ComputeError;

/// Batches that are submitted and not read back. A third would take memory and save no time.
const IN_FLIGHT: usize = 2;

/// Batches that are submitted, and the values of those that have run.
pub struct Reads<F> {
    submitted: VecDeque<F>,
    values: Vec<f32>,
}

impl<F: Future<Output = Result<Vec<f32>, ComputeError>>> Reads<F> {
    /// Nothing is submitted yet.
    pub fn new() -> Self {
        Self {
            submitted: VecDeque::new(),
            values: Vec::new(),
        }
    }

    /// Waits until another batch may be submitted.
    ///
    /// # Errors
    /// Those of [`glance_compute::Compute::submit`].
    pub async fn room(&mut self) -> Result<(), ComputeError> {
        while self.submitted.len() >= IN_FLIGHT
            && let Some(first) = self.submitted.pop_front()
        {
            self.values.extend(first.await?);
        }
        Ok(())
    }

    /// Adds a batch that was submitted.
    pub fn push(&mut self, read: F) {
        self.submitted.push_back(read);
    }

    /// Waits for all batches, and returns their values in the order of submission.
    ///
    /// # Errors
    /// Those of [`glance_compute::Compute::submit`].
    pub async fn all(mut self) -> Result<Vec<f32>, ComputeError> {
        for read in self.submitted {
            self.values.extend(read.await?);
        }
        Ok(self.values)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::cell::Cell;

    use pollster::block_on;

    use super::*;

    #[test]
    fn two_batches_are_in_flight_and_values_keep_their_order() {
        let landed = Cell::new(0);
        let mut reads = Reads::new();
        let mut waited = Vec::new();
        for batch in 0_u8..5 {
            block_on(reads.room()).expect("no batch fails");
            waited.push(landed.get());
            let landed = &landed;
            reads.push(async move {
                landed.set(landed.get() + 1);
                Ok(vec![f32::from(batch); 2])
            });
        }
        assert_eq!(waited, [0, 0, 1, 2, 3]);
        let values = block_on(reads.all()).expect("no batch fails");
        assert_eq!(values, [0., 0., 1., 1., 2., 2., 3., 3., 4., 4.]);
    }

    #[test]
    fn the_first_error_ends_all() {
        let mut reads = Reads::new();
        for batch in [Ok(vec![1.0]), Err(ComputeError::Lost)] {
            reads.push(std::future::ready(batch));
        }
        assert!(matches!(block_on(reads.all()), Err(ComputeError::Lost)));
    }
}
