//! Normalisation of rows.

use super::instruction_set::integer_product::IntegerProduct;
use super::instruction_set::{Kernel, multiply_add};

const EPSILON: f32 = 1e-5;
/// Partial sums, so that a sum vectorises, in the same order under every instruction set.
const PARTIAL: usize = 32;

/// Layer normalisation of each row in place (Ba et al. 2016), the variance in a second pass.
pub struct LayerNormalize<'a> {
    /// `[…, width]`.
    pub rows: &'a mut [f32],
    /// `[width]`.
    pub gain: &'a [f32],
    /// `[width]`.
    pub bias: &'a [f32],
}

impl Kernel for LayerNormalize<'_> {
    #[inline(always)]
    fn run<const FUSED: bool, const ROWS: usize, const LANES: usize, D: IntegerProduct<LANES>>(
        self,
    ) {
        let width = self.gain.len();
        for row in self.rows.chunks_exact_mut(width) {
            let mean = sum(row, |value| value) / width as f32;
            let variance = sum(row, |value| (value - mean) * (value - mean)) / width as f32;
            let factor = 1.0 / (variance + EPSILON).sqrt();
            for ((value, gain), bias) in row.iter_mut().zip(self.gain).zip(self.bias) {
                *value = multiply_add::<FUSED>((*value - mean) * factor, *gain, *bias);
            }
        }
    }
}

/// Divides each row by its Euclidean norm in place; a row of zeros stays.
pub struct L2Normalize<'a> {
    /// `[…, width]`.
    pub rows: &'a mut [f32],
    /// Values in a row.
    pub width: usize,
}

impl Kernel for L2Normalize<'_> {
    #[inline(always)]
    fn run<const FUSED: bool, const ROWS: usize, const LANES: usize, D: IntegerProduct<LANES>>(
        self,
    ) {
        for row in self.rows.chunks_exact_mut(self.width) {
            let norm = sum(row, |value| value * value).sqrt();
            let factor = if norm > 0.0 { 1.0 / norm } else { 0.0 };
            row.iter_mut().for_each(|value| *value *= factor);
        }
    }
}

/// Sum of `term` over `values`.
#[inline(always)]
pub fn sum(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let mut partial = [0.0; PARTIAL];
    let (whole, rest) = values.as_chunks::<PARTIAL>();
    for chunk in whole {
        for (sum, value) in partial.iter_mut().zip(chunk) {
            *sum += term(*value);
        }
    }
    for (sum, value) in partial.iter_mut().zip(rest) {
        *sum += term(*value);
    }
    fold(partial, |a, b| a + b)
}

/// Combines the second half of the values with the first until one is left: few dependent steps, in
/// the same order under every instruction set.
#[inline(always)]
pub fn fold<T: Copy, const COUNT: usize>(mut values: [T; COUNT], both: impl Fn(T, T) -> T) -> T {
    let mut half = COUNT / 2;
    while half > 0 {
        for index in 0..half {
            values[index] = both(values[index], values[index + half]);
        }
        half /= 2;
    }
    values[0]
}
