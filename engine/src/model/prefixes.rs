//! Shares the work of texts that begin alike. Under a causal mask a position sees only itself and
//! those before it. So two positions with the same prefix have the same row in every layer.
//! Operations on single rows run once for each distinct prefix. Attention mixes rows, so it runs on
//! all positions.

use std::collections::HashMap;

use glance_compute::Compute;

use crate::timeline::{Stage, span};

/// The distinct prefixes of a batch of token sequences.
pub struct Prefixes<C: Compute> {
    batch: usize,
    /// Number of the prefix that ends at each position of the batch.
    numbers: Vec<u32>,
    /// The same on the device.
    positions: C::Rows,
    /// The first position of the batch at which each prefix ends.
    firsts: C::Rows,
}

impl<C: Compute> Prefixes<C> {
    /// The prefixes of `ids` `[batch × sequence]`, up to `ends[b]` in sequence `b`. `None` if all
    /// are distinct, which saves nothing.
    pub fn of(compute: &C, ids: &[u32], ends: &[u32]) -> Option<Self> {
        let _prefixes = span(Stage::Prefixes);
        let sequence = ids.len() / ends.len().max(1);
        let mut numbers = Vec::with_capacity(ids.len());
        let mut firsts: Vec<u32> = Vec::new();
        let mut longer = HashMap::new();
        for (ids, end) in ids.chunks_exact(sequence.max(1)).zip(ends) {
            let mut shorter = None;
            for (position, id) in ids.iter().enumerate() {
                // Nothing reads the positions after an end, so any row will do.
                if position > *end as usize {
                    numbers.push(0);
                    continue;
                }
                let number = *longer.entry((shorter, *id)).or_insert_with(|| {
                    firsts.push(numbers.len() as u32);
                    firsts.len() as u32 - 1
                });
                numbers.push(number);
                shorter = Some(number);
            }
        }
        (firsts.len() < numbers.len()).then(|| Self {
            batch: ends.len(),
            positions: compute.rows(&numbers),
            firsts: compute.rows(&firsts),
            numbers,
        })
    }

    /// `[.., width]`, one row for each position, to `[prefixes, width]`.
    pub fn gather(&self, compute: &C, x: &C::Tensor) -> C::Tensor {
        compute.select_rows(x, &self.firsts)
    }

    /// `[prefixes, width]` to `[batch, sequence, width]`.
    pub fn spread(&self, compute: &C, x: &C::Tensor) -> C::Tensor {
        let x = compute.select_rows(x, &self.positions);
        let shape = compute.shape(&x);
        compute.reshape(&x, &[self.batch, shape[0] / self.batch, shape[1]])
    }

    /// The rows of `[prefixes, width]` that stand for `rows` of `[batch × sequence, width]`.
    pub fn rows(&self, rows: &[u32]) -> Vec<u32> {
        rows.iter().map(|row| self.numbers[*row as usize]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glance_compute::cpu::Cpu;

    #[test]
    fn positions_whose_texts_agree_up_to_there_share_a_row() {
        let cpu = Cpu::new();
        // The third text is the first again, and the second ends before the last position.
        let ids = [[7, 1, 2, 9], [7, 1, 9, 0], [7, 1, 2, 9], [7, 2, 1, 9]].concat();
        let ends = [3, 2, 3, 3];
        let prefixes = Prefixes::of(&cpu, &ids, &ends).expect("some are shared");
        assert_eq!(
            prefixes.numbers,
            [0, 1, 2, 3, 0, 1, 4, 0, 0, 1, 2, 3, 0, 5, 6, 7]
        );
        assert_eq!(prefixes.firsts, [0, 1, 2, 3, 6, 13, 14, 15]);
        assert_eq!(prefixes.rows(&[3, 6, 11, 15]), [3, 4, 3, 7]);

        let x: Vec<f32> = (0..8).map(|number| number as f32).collect();
        let spread = prefixes.spread(&cpu, &cpu.tensor(&[8, 1], &x));
        assert_eq!(cpu.shape(&spread), [4, 4, 1]);
        let gathered = prefixes.gather(&cpu, &spread);
        let gathered = pollster::block_on(cpu.read(&gathered)).expect("the CPU answers");
        assert_eq!(gathered, x);
    }

    #[test]
    fn a_text_alone_has_nothing_to_share() {
        let cpu = Cpu::new();
        assert!(Prefixes::of(&cpu, &[7, 1, 1, 9], &[3]).is_none());
        assert!(Prefixes::of(&cpu, &[7, 8], &[0, 0]).is_none());
        assert!(Prefixes::of(&cpu, &[], &[]).is_none());
    }
}
