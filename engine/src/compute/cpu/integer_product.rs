//! The product with int8 weights, in whole numbers.
//!
//! Each row of the input is brought to steps of its own largest value, at least twelve bits of
//! them, so that its products with int8 weights and their sums are exact in 32 bits. What is lost is
//! far below what int8 weights have lost already, and depends on nothing but the row itself.

use super::dot::Dot;

/// The most steps an input takes: one bit less than i16 has, for pairs of products fit into i32.
const MAX_STEPS: usize = 16_383;
/// The largest int8 weight, by amount.
const MAX_WEIGHT: usize = 128;

/// Rows of inputs in steps.
pub struct Steps {
    /// Pairs of columns; the last is filled up with zero.
    pairs: usize,
    values: Vec<[i16; 2]>,
    /// What one step of a row is worth.
    pub sizes: Vec<f32>,
}

impl Steps {
    /// Room for `rows` rows of `columns` values.
    pub fn new(rows: usize, columns: usize) -> Self {
        let pairs = columns.div_ceil(2);
        Self {
            pairs,
            values: vec![[0; 2]; rows * pairs],
            sizes: vec![0.0; rows],
        }
    }

    /// Takes in whole rows of `columns` values.
    #[inline(always)]
    pub fn fill(&mut self, x: &[f32], columns: usize) {
        // Every sum of products stays below 2³¹.
        let most = (i32::MAX as usize / (MAX_WEIGHT * columns)).min(MAX_STEPS) as f32;
        let rows = x.chunks_exact(columns);
        let steps = self.values.chunks_exact_mut(self.pairs);
        for ((row, steps), size) in rows.zip(steps).zip(&mut self.sizes) {
            let largest = row.iter().fold(0.0f32, |most, value| most.max(value.abs()));
            let inverse = if largest > 0.0 { most / largest } else { 0.0 };
            *size = largest / most;
            let (pairs, rest) = row.as_chunks::<2>();
            for (to, from) in steps.iter_mut().zip(pairs) {
                *to = from.map(|value| (value * inverse).round_ties_even() as i16);
            }
            if let ([value], Some(last)) = (rest, steps.last_mut()) {
                *last = [(value * inverse).round_ties_even() as i16, 0];
            }
        }
    }

    /// Products of these rows with one panel of weights, in steps; `sums` has a row for each.
    #[inline(always)]
    pub fn product<const ROWS: usize, const LANES: usize, D: Dot<LANES>>(
        &self,
        panel: &[[[i8; 2]; LANES]],
        sums: &mut [[i32; LANES]],
    ) {
        let (whole, rest) = sums.as_chunks_mut::<ROWS>();
        let (fours, rest) = rest.as_chunks_mut::<4>();
        let (twos, ones) = rest.as_chunks_mut::<2>();
        let values = tiles::<ROWS, LANES, D>(&self.values, panel, whole);
        let values = tiles::<4, LANES, D>(values, panel, fours);
        let values = tiles::<2, LANES, D>(values, panel, twos);
        tiles::<1, LANES, D>(values, panel, ones.as_chunks_mut().0);
    }
}

/// Goes through whole tiles of rows and returns the inputs that are left.
#[inline(always)]
fn tiles<'a, const ROWS: usize, const LANES: usize, D: Dot<LANES>>(
    mut values: &'a [[i16; 2]],
    panel: &[[[i8; 2]; LANES]],
    tiles: &mut [[[i32; LANES]; ROWS]],
) -> &'a [[i16; 2]] {
    for sums in tiles {
        let (rows, rest) = values.split_at(ROWS * panel.len());
        values = rest;
        let rows: [&[[i16; 2]]; ROWS] =
            std::array::from_fn(|row| &rows[row * panel.len()..][..panel.len()]);
        let mut tile = [D::zero(); ROWS];
        for (pair, weights) in panel.iter().enumerate() {
            let weights = D::weights(weights);
            for row in 0..ROWS {
                tile[row] = D::add(tile[row], weights, rows[row][pair]);
            }
        }
        *sums = tile.map(D::sums);
    }
    values
}
