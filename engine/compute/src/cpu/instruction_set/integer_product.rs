//! The product with int8 weights, in integers.
//!
//! Each input row is quantised to steps of its own, with at least twelve bits, so that its products
//! with int8 weights and their sums are exact in 32 bits. The loss is far below that of the int8
//! weights, and depends only on the row itself. Because sums are exact, every instruction set gives
//! the same result.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};

use bytemuck::Pod;

use super::super::scratch::Scratch;
use super::dot::Dot;
use super::tiles::{self, Tiled};

/// Most steps of an input: fourteen bits, which fit into the lower seven bits of two bytes. The
/// same for every instruction set, so that an embedding is the same everywhere.
const MAX_STEPS: usize = 8191;
/// Largest absolute value of an int8 weight.
const MAX_WEIGHT: usize = 128;

/// Multiplies a panel of `LANES` rows of int8 weights with quantised inputs.
pub trait IntegerProduct<const LANES: usize> {
    /// `COLUMNS` quantised inputs, in the form that the instructions take.
    type Inputs: Pod;
    /// Columns that are multiplied at once.
    const COLUMNS: usize;
    /// Added to each quantised input; the initial sums cancel it.
    const OFFSET: i16 = 0;

    /// Packs `COLUMNS` quantised inputs.
    fn inputs(steps: &[i16]) -> Self::Inputs;

    /// Adds the product of each row of `inputs` with a panel to a row of `sums`. Input rows are
    /// `stride` apart. `panel` may be part of one, as [`crate::cpu::Matrix`] lays it out.
    fn multiply<const ROWS: usize>(
        inputs: &[Self::Inputs],
        stride: usize,
        panel: &[i8],
        sums: &mut [[i32; LANES]],
    );
}

/// Most steps of an input in a row of `columns` values, so that every sum stays below 2³¹.
pub fn max_quantized(columns: usize) -> f32 {
    (i32::MAX as usize / (MAX_WEIGHT * columns)).min(MAX_STEPS) as f32
}

/// Quantises values so that their largest takes `most` steps, and returns the size of a step.
#[inline(always)]
pub fn quantize_row(values: &[f32], most: f32, steps: &mut [i16]) -> f32 {
    // Adding 1.5 × 2²³ leaves the nearest integer in the low bits.
    const MAGIC: f32 = 12_582_912.0;
    // Absolute values are ordered as their bits, and integers have the same maximum in any order.
    let amounts = values.iter().map(|value| value.to_bits() & i32::MAX as u32);
    let largest = f32::from_bits(amounts.fold(0, u32::max));
    // Zeros, and values so small that f32 has no inverse, become zeros.
    let inverse = Some(most / largest).filter(|inverse| inverse.is_finite());
    let inverse = inverse.unwrap_or(0.0);
    for (to, value) in steps.iter_mut().zip(values) {
        *to = (value * inverse + MAGIC).to_bits() as i16;
    }
    largest / most
}

/// Quantised rows of inputs.
pub struct QuantizedRows<I: Pod> {
    inputs: Scratch<I>,
    /// Inputs per row.
    stride: usize,
    /// Size of a step in each row.
    pub sizes: Vec<f32>,
    /// The row that is being packed, padded with zeros.
    row: Vec<i16>,
}

impl<I: Pod> QuantizedRows<I> {
    /// Space for `rows` rows of `columns` values, `together` of which are one input.
    pub fn new(rows: usize, columns: usize, together: usize) -> Self {
        let stride = columns.div_ceil(together);
        Self {
            inputs: Scratch::new(rows * stride),
            stride,
            sizes: vec![0.0; rows],
            row: vec![0; stride * together],
        }
    }

    /// Sets row `index`. `write` fills in its steps and returns the size of one.
    #[inline(always)]
    pub fn fill<const LANES: usize, D: IntegerProduct<LANES, Inputs = I>>(
        &mut self,
        index: usize,
        write: impl FnOnce(&mut [i16]) -> f32,
    ) {
        self.sizes[index] = write(&mut self.row);
        let inputs = &mut self.inputs[index * self.stride..][..self.stride];
        for (to, steps) in inputs.iter_mut().zip(self.row.chunks_exact(D::COLUMNS)) {
            *to = D::inputs(steps);
        }
    }

    /// Multiplies the first rows with one panel of weights. `sums` has a row for each; all start
    /// with `begin`.
    #[inline(always)]
    pub fn product<const ROWS: usize, const LANES: usize, D: IntegerProduct<LANES, Inputs = I>>(
        &self,
        panel: &[i8],
        begin: [i32; LANES],
        sums: &mut [[i32; LANES]],
    ) {
        /// Bytes of a panel that stay in the L1 cache while all rows pass.
        const PART: usize = 24 << 10;
        sums.fill(begin);
        let part = PART / (LANES * D::COLUMNS);
        for (index, panel) in panel.chunks(part * LANES * D::COLUMNS).enumerate() {
            D::multiply::<ROWS>(&self.inputs[index * part..], self.stride, panel, sums);
        }
    }
}

impl<const LANES: usize, D: Dot<LANES>> IntegerProduct<LANES> for D {
    type Inputs = D::Inputs;
    const COLUMNS: usize = D::COLUMNS;

    #[inline(always)]
    fn inputs(steps: &[i16]) -> Self::Inputs {
        D::inputs(steps)
    }

    #[inline(always)]
    fn multiply<const ROWS: usize>(
        inputs: &[D::Inputs],
        stride: usize,
        panel: &[i8],
        sums: &mut [[i32; LANES]],
    ) {
        let panel: &[D::Stored] = bytemuck::cast_slice(panel);
        let (rows, most) = (sums.len(), ROWS.min(D::MOST_ROWS));
        let ahead = Ahead::of(panel, tiles::count(rows, most));
        let mut products = Products::<LANES, D> {
            inputs,
            stride,
            panel,
            sums,
            ahead,
        };
        tiles::each(rows, most, &mut products);
    }
}

/// Arguments of [`IntegerProduct::multiply`].
struct Products<'a, const LANES: usize, D: Dot<LANES>> {
    inputs: &'a [D::Inputs],
    stride: usize,
    panel: &'a [D::Stored],
    sums: &'a mut [[i32; LANES]],
    ahead: Ahead,
}

impl<const LANES: usize, D: Dot<LANES>> Tiled for Products<'_, LANES, D> {
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    fn tile<const ROWS: usize>(&mut self, first: usize) {
        let (inputs, stride, panel) = (self.inputs, self.stride, self.panel);
        let rows: [&[D::Inputs]; ROWS] =
            std::array::from_fn(|row| &inputs[(first + row) * stride..][..panel.len()]);
        let mut tile = [D::zero(); ROWS];
        for group in 0..panel.len() {
            self.ahead.fetch();
            let weights = D::weights(&panel[group]);
            for row in 0..ROWS {
                tile[row] = D::add(tile[row], weights, rows[row][group]);
            }
        }
        for (sums, tile) in self.sums[first..].iter_mut().zip(tile) {
            for (sum, part) in sums.iter_mut().zip(D::sums(tile)) {
                *sum += part;
            }
        }
    }
}

/// Prefetches the weights after a panel, which are multiplied next, a little with each group of
/// columns. With few rows, products are faster than memory.
struct Ahead {
    place: *const u8,
    step: usize,
}

impl Ahead {
    /// As many weights as `panel` has, divided among its tiles.
    fn of<T>(panel: &[T], tiles: usize) -> Self {
        Self {
            place: panel.as_ptr_range().end.cast(),
            step: size_of::<T>().div_ceil(tiles.max(1)),
        }
    }

    /// Prefetches one step. Only x86 has a stable intrinsic for it.
    #[inline(always)]
    fn fetch(&mut self) {
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code)]
        // SAFETY: a prefetch has no visible effect and never faults.
        unsafe {
            _mm_prefetch::<_MM_HINT_T1>(self.place.cast());
        }
        self.place = self.place.wrapping_add(self.step);
    }
}
