//! Matrix product `x · weightᵀ`, with bias, activation and residual.

use super::activation;
use super::instruction_set::integer_product::{
    IntegerProduct, QuantizedRows, max_quantized, quantize_row,
};
use super::instruction_set::tiles::{self, Tiled};
use super::instruction_set::{Kernel, multiply_add};
use super::matrix::Matrix;
use crate::Epilogue;

/// Rows of `x` that are multiplied with one panel of weights before the next panel. Many, because
/// weights come from slower memory than inputs.
const BLOCK_ROWS: usize = 256;
/// Values of a panel that are converted at once: 32 KiB, which stay in the L1 cache.
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
    /// Applied to the product.
    pub finish: Finish<'a>,
    /// The output.
    pub y: &'a mut [f32],
}

impl Kernel for Product<'_> {
    #[inline(always)]
    fn run<const FUSED: bool, const ROWS: usize, const LANES: usize, D: IntegerProduct<LANES>>(
        self,
    ) {
        if !self.weight.is_int8() {
            return self.float_product::<FUSED, ROWS, LANES>();
        }
        let inputs = self.weight.columns;
        let most = max_quantized(inputs);
        int8_product::<FUSED, ROWS, LANES, D>(
            |row, steps| quantize_row(&self.x[row * inputs..][..inputs], most, steps),
            self.weight,
            self.finish,
            self.y,
        );
    }
}

/// `y = finish(x · weightᵀ)` with int8 weights. `steps` quantises a row of `x` and returns the size
/// of its steps.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
pub fn int8_product<
    const FUSED: bool,
    const ROWS: usize,
    const LANES: usize,
    D: IntegerProduct<LANES>,
>(
    steps: impl Fn(usize, &mut [i16]) -> f32,
    weight: &Matrix,
    finish: Finish<'_>,
    y: &mut [f32],
) {
    let outputs = weight.rows;
    let most = BLOCK_ROWS.min(y.len() / outputs);
    let mut inputs = QuantizedRows::new(most, weight.columns, D::COLUMNS);
    let mut sums = vec![[0; LANES]; most];
    for (block, y) in y.chunks_mut(BLOCK_ROWS * outputs).enumerate() {
        let first = block * BLOCK_ROWS;
        let sums = &mut sums[..y.len() / outputs];
        for row in 0..sums.len() {
            inputs.fill::<LANES, D>(row, |to| steps(first + row, to));
        }
        for (index, panel) in weight.int8_panels::<LANES>().enumerate() {
            inputs.product::<ROWS, LANES, D>(panel.values, load(panel.begin, 0), sums);
            let column = index * LANES;
            let scales = load(panel.scales, 0);
            let bias = finish.bias::<LANES>(column);
            let rows = y.chunks_exact_mut(outputs).zip(&*sums).zip(&inputs.sizes);
            for (row, ((y, sums), size)) in rows.enumerate() {
                // A loop, because `map` may become a call, compiled without the instructions.
                let (sums, size) = (*sums, *size);
                let mut values = [0.0; LANES];
                for lane in 0..LANES {
                    values[lane] = sums[lane] as f32 * size;
                }
                let offset = (first + row) * outputs + column;
                let y = &mut y[column..];
                finish.apply::<FUSED, LANES>(&mut values, &scales, &bias, offset, y);
            }
        }
    }
}

impl Product<'_> {
    /// The product with floating-point weights.
    #[inline(always)]
    fn float_product<const FUSED: bool, const ROWS: usize, const LANES: usize>(self) {
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
                let bias = finish.bias::<LANES>(column);
                let rows = y.chunks_exact_mut(outputs).zip(&mut *sums);
                for (row, (y, sums)) in rows.enumerate() {
                    let offset = (block * BLOCK_ROWS + row) * outputs + column;
                    let y = &mut y[column..];
                    finish.apply::<FUSED, LANES>(sums, &[1.0; LANES], &bias, offset, y);
                }
            }
        }
    }
}

impl Finish<'_> {
    /// The bias of the output features from `column` on.
    #[inline(always)]
    fn bias<const LANES: usize>(&self, column: usize) -> [f32; LANES] {
        self.bias.map_or([0.0; LANES], |bias| load(bias, column))
    }

    #[inline(always)]
    fn add_residual<const LANES: usize>(&self, sums: &mut [f32; LANES], offset: usize) {
        if let Some(residual) = self.residual {
            let residual = load::<f32, LANES>(residual, offset);
            for lane in 0..LANES {
                sums[lane] += residual[lane];
            }
        }
    }

    /// Finishes one row of sums and writes as many as fit into `y`. `offset` is their index in the
    /// residual.
    #[inline(always)]
    fn apply<const FUSED: bool, const LANES: usize>(
        &self,
        sums: &mut [f32; LANES],
        scales: &[f32; LANES],
        bias: &[f32; LANES],
        offset: usize,
        y: &mut [f32],
    ) {
        for lane in 0..LANES {
            sums[lane] = multiply_add::<FUSED>(sums[lane], scales[lane], bias[lane]);
        }
        if self.residual_first {
            self.add_residual(sums, offset);
        }
        activation::apply::<FUSED>(self.epilogue, sums);
        if !self.residual_first {
            self.add_residual(sums, offset);
        }
        match y.first_chunk_mut() {
            Some(y) => *y = *sums,
            None => copy_some(sums, y),
        }
    }
}

/// `LANES` values at `start`, padded with zeros at the end of `values`.
#[inline(always)]
fn load<T: Copy + Default, const LANES: usize>(values: &[T], start: usize) -> [T; LANES] {
    let values = &values[start..];
    match values.first_chunk() {
        Some(whole) => *whole,
        None => {
            let mut lanes = [T::default(); LANES];
            copy_some(values, &mut lanes);
            lanes
        }
    }
}

/// Copies as many values as both have. Never inlined: the compiler would otherwise turn the copies
/// of whole registers beside it into calls too.
#[cold]
#[inline(never)]
fn copy_some<T: Copy>(from: &[T], to: &mut [T]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

/// Adds the product of each row of `x` with `panel` to a row of `sums`. Rows of `x` are `stride`
/// apart.
///
/// Each sum adds its products in the order of the columns, in any tile, so a row's result does not
/// depend on the other rows.
#[inline(always)]
pub fn accumulate<const FUSED: bool, const ROWS: usize, const LANES: usize>(
    x: &[f32],
    stride: usize,
    panel: &[[f32; LANES]],
    sums: &mut [[f32; LANES]],
) {
    let rows = sums.len();
    let mut products = Products::<FUSED, LANES> {
        x,
        stride,
        panel,
        sums,
    };
    tiles::each(rows, ROWS, &mut products);
}

/// Arguments of [`accumulate`].
struct Products<'a, const FUSED: bool, const LANES: usize> {
    x: &'a [f32],
    stride: usize,
    panel: &'a [[f32; LANES]],
    sums: &'a mut [[f32; LANES]],
}

impl<const FUSED: bool, const LANES: usize> Tiled for Products<'_, FUSED, LANES> {
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    fn tile<const ROWS: usize>(&mut self, first: usize) {
        let (x, stride, panel) = (self.x, self.stride, self.panel);
        let rows: [&[f32]; ROWS] =
            std::array::from_fn(|row| &x[(first + row) * stride..][..panel.len()]);
        let sums = self.sums[first..].first_chunk_mut();
        let sums: &mut [[f32; LANES]; ROWS] = sums.expect("there are sums for the tile");
        // A copy that stays in registers: counted loops over both of its sides unroll completely,
        // while zipped iterators would keep it in memory.
        let mut tile = *sums;
        #[cfg(target_arch = "aarch64")]
        let (rows, panel) = super::instruction_set::neon::add_fours(rows, panel, &mut tile);
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
}
