//! Frames a second.

use std::collections::VecDeque;

/// Answers over which the pace is measured.
const ANSWERS: usize = 20;

/// The times of the latest answers, in milliseconds.
#[derive(Default)]
pub struct Pace(VecDeque<f64>);

impl Pace {
    /// Notes an answer at `now`; returns the answers a second, 0 before the second one.
    pub fn after(&mut self, now: f64) -> f64 {
        if self.0.len() == ANSWERS {
            self.0.pop_front();
        }
        self.0.push_back(now);
        let took = now - self.0[0];
        let answers = (self.0.len() - 1) as f64;
        // A clock may be set back.
        if took > 0.0 {
            1000.0 * answers / took
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_pace_is_that_of_the_latest_answers() {
        let mut pace = Pace::default();
        assert_eq!(pace.after(0.0), 0.0);
        assert_eq!(pace.after(100.0), 10.0);
        assert_eq!(pace.after(500.0), 4.0);
        for answer in 0..ANSWERS as u32 {
            pace.after(1000.0 + 50.0 * f64::from(answer));
        }
        assert_eq!(pace.after(2000.0), 20.0);
    }
}
