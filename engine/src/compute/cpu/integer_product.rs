//! The product with int8 weights, in whole numbers.
//!
//! Each row of the input is brought to steps of its own largest value, at least twelve bits of
//! them, so that its products with int8 weights and their sums are exact in 32 bits. What is lost is
//! far below what int8 weights have lost already, and depends on nothing but the row itself.

use super::dot::Dot;
use super::matrix::Whole;
#[cfg(target_arch = "wasm32")]
use super::relaxed_simd;

/// The most steps an input takes: fourteen bits, in two parts of seven where relaxed SIMD takes
/// them. As many elsewhere, so that an embedding is the same in every browser.
const MAX_STEPS: usize = 8191;
/// The largest int8 weight, by amount.
const MAX_WEIGHT: usize = 128;

/// Rows of inputs in steps.
pub struct Steps {
    layout: Whole,
    /// Pairs of columns; what is more than there are is filled up with zero.
    pairs: usize,
    /// Each row in pairs, or the same number of bytes in the two parts of `relaxed_simd`.
    values: Vec<[i16; 2]>,
    /// What one step of a row is worth.
    pub sizes: Vec<f32>,
}

impl Steps {
    /// Room for `rows` rows of `columns` values, for weights of this layout.
    pub fn new(rows: usize, columns: usize, layout: Whole) -> Self {
        let pairs = columns.next_multiple_of(layout.group()) / 2;
        Self {
            layout,
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
            // Amounts are ordered as their bits are, and the largest whole number vectorises.
            let amounts = row.iter().map(|value| value.abs().to_bits());
            let largest = f32::from_bits(amounts.fold(0, u32::max));
            // Of a row of zeros, or so close to them that f32 has no inverse, nothing is left.
            let inverse = Some(most / largest).filter(|inverse| inverse.is_finite());
            let inverse = inverse.unwrap_or(0.0);
            *size = largest / most;
            #[cfg(target_arch = "wasm32")]
            if self.layout == Whole::Halves {
                let steps: &mut [u8] = bytemuck::cast_slice_mut(steps);
                let (high, low) = steps.split_at_mut(self.pairs * 2);
                relaxed_simd::part(row, inverse, high, low);
                continue;
            }
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
        panel: &[i8],
        sums: &mut [[i32; LANES]],
    ) {
        #[cfg(target_arch = "wasm32")]
        if self.layout == Whole::Halves {
            let inputs = bytemuck::cast_slice(&self.values);
            relaxed_simd::product(inputs, self.pairs * 2, panel, sums.as_flattened_mut());
            return;
        }
        let panel = panel.as_chunks().0.as_chunks().0;
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
