//! `x · weightᵀ` with everything that may follow it.

use super::activation;
use super::dot::Dot;
use super::instructions::{Kernel, multiply_add};
use super::integer_product::Steps;
use super::matrix::{Matrix, WholeNumbers};
use crate::compute::Epilogue;

/// Rows of `x` that go through a panel of weights before the next panel is unpacked.
const BLOCK_ROWS: usize = 256;
/// Values of a panel that are unpacked at once: 32 KiB, which stay in the innermost cache.
const PANEL_VALUES: usize = 8192;

/// What happens to the sums of a product.
#[derive(Clone, Copy)]
pub struct Finish<'a> {
    /// Added to each row first.
    pub bias: Option<&'a [f32]>,
    /// Applied to each value.
    pub epilogue: Epilogue,
    /// Added, in the shape of the output.
    pub residual: Option<&'a [f32]>,
    /// Whether the residual is added before the epilogue.
    pub residual_first: bool,
}

/// `y = finish(x · weightᵀ)` with `x` `[…, columns]` and `y` `[…, rows]`.
pub struct Product<'a> {
    /// The input.
    pub x: &'a [f32],
    /// The weights.
    pub weight: &'a Matrix,
    /// What follows.
    pub finish: Finish<'a>,
    /// The output.
    pub y: &'a mut [f32],
}

impl Kernel for Product<'_> {
    #[inline(always)]
    fn run<const FUSED: bool, const ROWS: usize, const LANES: usize, D: Dot<LANES>>(self) {
        match self.weight.whole_numbers() {
            Some(whole) => self.whole::<FUSED, ROWS, LANES, D>(whole),
            None => self.real::<FUSED, ROWS, LANES>(),
        }
    }
}

impl Product<'_> {
    /// With int8 weights.
    #[inline(always)]
    fn whole<const FUSED: bool, const ROWS: usize, const LANES: usize, D: Dot<LANES>>(
        self,
        numbers: &WholeNumbers,
    ) {
        let Self {
            x,
            weight,
            finish,
            y,
        } = self;
        let (inputs, outputs) = (weight.columns, weight.rows);
        let rows = BLOCK_ROWS.min(x.len() / inputs);
        let mut steps = Steps::new(rows, inputs, numbers.layout);
        let mut sums = vec![[0; LANES]; rows];
        let panel = numbers.values.len() / outputs.div_ceil(LANES);
        let blocks = x
            .chunks(BLOCK_ROWS * inputs)
            .zip(y.chunks_mut(BLOCK_ROWS * outputs));
        for (block, (x, y)) in blocks.enumerate() {
            steps.fill(x, inputs);
            let sums = &mut sums[..x.len() / inputs];
            for (index, panel) in numbers.values.chunks_exact(panel).enumerate() {
                steps.product::<ROWS, LANES, D>(panel, sums);
                let column = index * LANES;
                let mut factors = [0.0; LANES];
                let scales = &numbers.scales[column..outputs.min(column + LANES)];
                factors[..scales.len()].copy_from_slice(scales);
                for (index, (sums, size)) in sums.iter().zip(&steps.sizes).enumerate() {
                    let start = index * outputs + column;
                    let end = (index + 1) * outputs;
                    let offset = block * BLOCK_ROWS * outputs + start;
                    let mut sums = sums.map(|sum| sum as f32 * size);
                    let y = &mut y[start..end];
                    finish.apply::<FUSED, LANES>(&mut sums, &factors, column, offset, y);
                }
            }
        }
    }

    /// With weights of floating point.
    #[inline(always)]
    fn real<const FUSED: bool, const ROWS: usize, const LANES: usize>(self) {
        let Self {
            x,
            weight,
            finish,
            y,
        } = self;
        let (inputs, outputs) = (weight.columns, weight.rows);
        let step = PANEL_VALUES / LANES;
        let mut scratch = vec![[0.0; LANES]; step.min(inputs)];
        let mut sums = vec![[0.0; LANES]; BLOCK_ROWS.min(x.len() / inputs)];
        let blocks = x
            .chunks(BLOCK_ROWS * inputs)
            .zip(y.chunks_mut(BLOCK_ROWS * outputs));
        for (block, (x, y)) in blocks.enumerate() {
            let sums = &mut sums[..x.len() / inputs];
            for panel in 0..outputs.div_ceil(LANES) {
                sums.fill([0.0; LANES]);
                for start in (0..inputs).step_by(step) {
                    let range = start..inputs.min(start + step);
                    let weights = weight.panel(panel, range, &mut scratch);
                    accumulate::<FUSED, ROWS, LANES>(&x[start..], inputs, weights, sums);
                }
                let column = panel * LANES;
                for (index, sums) in sums.iter_mut().enumerate() {
                    let start = index * outputs + column;
                    let end = (index + 1) * outputs;
                    let offset = block * BLOCK_ROWS * outputs + start;
                    finish.apply::<FUSED, LANES>(
                        sums,
                        &[1.0; LANES],
                        column,
                        offset,
                        &mut y[start..end],
                    );
                }
            }
        }
    }
}

impl Finish<'_> {
    /// Finishes one row of sums and writes as much of it as `y` still holds.
    ///
    /// `column` is the output feature that the sums begin with, `offset` their place in the
    /// residual.
    #[inline(always)]
    fn apply<const FUSED: bool, const LANES: usize>(
        &self,
        sums: &mut [f32; LANES],
        scales: &[f32; LANES],
        column: usize,
        offset: usize,
        y: &mut [f32],
    ) {
        let width = LANES.min(y.len());
        let bias = load::<LANES>(self.bias, column, width);
        let residual = load::<LANES>(self.residual, offset, width);
        for lane in 0..LANES {
            sums[lane] = multiply_add::<FUSED>(sums[lane], scales[lane], bias[lane]);
            if self.residual_first {
                sums[lane] += residual[lane];
            }
        }
        activation::apply::<FUSED>(self.epilogue, sums);
        if !self.residual_first {
            for lane in 0..LANES {
                sums[lane] += residual[lane];
            }
        }
        match y.first_chunk_mut() {
            Some(y) => *y = *sums,
            None => y.copy_from_slice(&sums[..width]),
        }
    }
}

/// `width` values at `start`, filled up with zeros.
#[inline(always)]
fn load<const LANES: usize>(values: Option<&[f32]>, start: usize, width: usize) -> [f32; LANES] {
    let mut lanes = [0.0; LANES];
    if let Some(values) = values {
        match values[start..][..width].first_chunk() {
            Some(full) => lanes = *full,
            None => lanes[..width].copy_from_slice(&values[start..][..width]),
        }
    }
    lanes
}

/// Adds to each row of `sums` the product of a row of `x`, `stride` apart, with `panel`.
///
/// Each sum takes its products in the order of the columns, whatever tile it is part of, so a
/// row's result does not depend on the rows beside it.
#[inline(always)]
pub fn accumulate<const FUSED: bool, const ROWS: usize, const LANES: usize>(
    x: &[f32],
    stride: usize,
    panel: &[[f32; LANES]],
    sums: &mut [[f32; LANES]],
) {
    let (whole, rest) = sums.as_chunks_mut::<ROWS>();
    let (fours, rest) = rest.as_chunks_mut::<4>();
    let (twos, ones) = rest.as_chunks_mut::<2>();
    let x = tiles::<FUSED, ROWS, LANES>(x, stride, panel, whole);
    let x = tiles::<FUSED, 4, LANES>(x, stride, panel, fours);
    let x = tiles::<FUSED, 2, LANES>(x, stride, panel, twos);
    tiles::<FUSED, 1, LANES>(x, stride, panel, ones.as_chunks_mut().0);
}

/// Goes through whole tiles of rows and returns what of `x` is left.
#[inline(always)]
fn tiles<'a, const FUSED: bool, const ROWS: usize, const LANES: usize>(
    mut x: &'a [f32],
    stride: usize,
    panel: &[[f32; LANES]],
    tiles: &mut [[[f32; LANES]; ROWS]],
) -> &'a [f32] {
    for sums in tiles {
        tile::<FUSED, ROWS, LANES>(x, stride, panel, sums);
        // The last row of all may end before the stride does.
        x = x.get(ROWS * stride..).unwrap_or_default();
    }
    x
}

#[allow(clippy::needless_range_loop)]
#[inline(always)]
fn tile<const FUSED: bool, const ROWS: usize, const LANES: usize>(
    x: &[f32],
    stride: usize,
    panel: &[[f32; LANES]],
    sums: &mut [[f32; LANES]; ROWS],
) {
    let rows: [&[f32]; ROWS] = std::array::from_fn(|row| &x[row * stride..][..panel.len()]);
    // A copy that never leaves the registers: counted loops over both of its sides unroll whole,
    // where zipped iterators would keep it in memory.
    let mut tile = *sums;
    for (column, weights) in panel.iter().enumerate() {
        for row in 0..ROWS {
            let value = rows[row][column];
            for lane in 0..LANES {
                tile[row][lane] = multiply_add::<FUSED>(value, weights[lane], tile[row][lane]);
            }
        }
    }
    *sums = tile;
}
