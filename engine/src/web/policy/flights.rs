//! Batches of pictures that the GPU has and the page waits for. While the GPU runs one, the worker
//! preprocesses, uploads and records the next.

use std::collections::VecDeque;

/// Most batches. With a third, pictures would only wait longer.
const MOST_BATCHES: usize = 2;
/// Most bytes of their preprocessed pictures. They are kept until the batch is answered, because a GPU that
/// is lost needs them again. A full batch at 336 pixels takes 5 MB.
const MOST_BYTES: usize = 12 << 20;

/// What stands first in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ahead {
    /// Pictures for the GPU.
    Pictures,
    /// Another request, or pictures for the processor.
    Request,
    /// Nothing that this worker can do now.
    Nothing,
}

/// What the worker does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Submits a batch of the pictures.
    Submit,
    /// Answers the request. No batch is in flight, so it may take the model away.
    Answer,
    /// Waits until the first batch has run, or something arrives.
    Wait,
    /// Ends until something arrives.
    Stop,
}

/// Submitted batches, first in first out.
pub struct Flights<B> {
    batches: VecDeque<Flight<B>>,
    /// When the last one landed, in milliseconds.
    landed: f64,
}

struct Flight<B> {
    batch: B,
    /// Of its preprocessed pictures.
    bytes: usize,
    /// When the work on it began, in milliseconds.
    start: f64,
}

impl<B> Default for Flights<B> {
    fn default() -> Self {
        Self {
            batches: VecDeque::new(),
            landed: f64::NEG_INFINITY,
        }
    }
}

impl<B> Flights<B> {
    /// The most pictures of the next batch, if each takes so many bytes.
    pub fn room(&self, picture_bytes: usize) -> usize {
        let bytes: usize = self.batches.iter().map(|flight| flight.bytes).sum();
        let pictures = MOST_BYTES.saturating_sub(bytes) / picture_bytes.max(1);
        match self.batches.len() {
            0 => pictures.max(1),
            1..MOST_BATCHES => pictures,
            _ => 0,
        }
    }

    /// What to do next. `room` is the most pictures of the next batch.
    pub fn step(&self, ahead: Ahead, room: usize) -> Step {
        match (ahead, self.batches.is_empty()) {
            (Ahead::Pictures, _) if room > 0 => Step::Submit,
            (Ahead::Request, true) => Step::Answer,
            (Ahead::Nothing, true) => Step::Stop,
            _ => Step::Wait,
        }
    }

    /// Adds a batch, on which the work began at `start`.
    pub fn submitted(&mut self, batch: B, bytes: usize, start: f64) {
        self.batches.push_back(Flight {
            batch,
            bytes,
            start,
        });
    }

    /// The batch that lands next.
    pub fn first(&mut self) -> Option<&mut B> {
        self.batches.front_mut().map(|flight| &mut flight.batch)
    }

    /// Takes out the first batch, which ran or failed. Also returns how many milliseconds it took by
    /// itself: those that it spent behind the previous batch do not count.
    pub fn landed(&mut self, now: f64) -> Option<(B, f64)> {
        let Flight { batch, start, .. } = self.batches.pop_front()?;
        let took = now - start.max(self.landed);
        self.landed = now;
        Some((batch, took))
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    const PICTURE: usize = 224 * 224 * 3;

    #[test]
    fn a_second_batch_is_submitted_while_the_first_runs() {
        let mut flights = Flights::default();
        for expected in [Step::Submit, Step::Submit, Step::Wait] {
            let step = flights.step(Ahead::Pictures, flights.room(PICTURE));
            assert_eq!(step, expected);
            flights.submitted((), PICTURE, 0.0);
        }
    }

    #[test]
    fn other_requests_wait_for_both() {
        let mut flights = Flights::default();
        flights.submitted((), PICTURE, 0.0);
        assert_eq!(flights.step(Ahead::Request, 9), Step::Wait);
        assert_eq!(flights.step(Ahead::Nothing, 9), Step::Wait);
        flights.landed(1.0);
        assert_eq!(flights.step(Ahead::Request, 9), Step::Answer);
        assert_eq!(flights.step(Ahead::Nothing, 9), Step::Stop);
    }

    #[test]
    fn bytes_bound_a_batch_and_one_picture_always_fits() {
        let mut flights = Flights::default();
        assert_eq!(flights.room(PICTURE), 83);
        assert_eq!(flights.room(MOST_BYTES + 1), 1);
        flights.submitted((), MOST_BYTES - PICTURE, 0.0);
        assert_eq!(flights.room(PICTURE), 1);
        assert_eq!(flights.room(PICTURE + 1), 0);
        assert_eq!(flights.step(Ahead::Pictures, 0), Step::Wait);
    }

    #[test]
    fn the_time_behind_another_batch_does_not_count() {
        let mut flights = Flights::default();
        flights.submitted("first", PICTURE, 10.0);
        flights.submitted("second", PICTURE, 15.0);
        assert_eq!(flights.landed(30.0), Some(("first", 20.0)));
        assert_eq!(flights.landed(42.0), Some(("second", 12.0)));
        flights.submitted("third", PICTURE, 50.0);
        assert_eq!(flights.landed(53.0), Some(("third", 3.0)));
        assert_eq!(flights.landed(60.0), None);
    }

    /// Pictures and other requests arrive, and batches land, in any order.
    #[test]
    fn each_picture_is_answered_once_and_in_order_whatever_happens() {
        let mut random = StdRng::seed_from_u64(7);
        for _ in 0..200 {
            let mut flights = Flights::default();
            let (mut waiting, mut answered) = (VecDeque::new(), Vec::new());
            let mut arrived = 0_u32;
            while answered.len() < 100 {
                if arrived < 100 && random.random_bool(0.5) {
                    waiting.push_back(arrived);
                    arrived += 1;
                }
                let ahead = match (random.random_bool(0.1), waiting.is_empty()) {
                    (true, _) => Ahead::Request,
                    (false, true) => Ahead::Nothing,
                    (false, false) => Ahead::Pictures,
                };
                let room = flights.room(PICTURE).min(16);
                match flights.step(ahead, room) {
                    Step::Submit => {
                        let count = room.min(waiting.len());
                        let pictures: Vec<u32> = waiting.drain(..count).collect();
                        flights.submitted(pictures, count * PICTURE, 0.0);
                        assert!(flights.batches.len() <= MOST_BATCHES);
                    }
                    Step::Answer => assert!(flights.first().is_none()),
                    Step::Wait => {
                        let (pictures, _) = flights.landed(0.0).expect("it waits for a batch");
                        answered.extend(pictures);
                    }
                    Step::Stop => assert!(waiting.is_empty() && flights.first().is_none()),
                }
            }
            assert_eq!(answered, (0..100).collect::<Vec<_>>());
        }
    }
}
