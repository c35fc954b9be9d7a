//! The product with int8 weights, in whole numbers.
//!
//! Each row of the input is brought to steps of its own largest value, at least twelve bits of
//! them, so that its products with int8 weights and their sums are exact in 32 bits. What is lost is
//! far below what int8 weights have lost already, and depends on nothing but the row itself. As the
//! sums are exact, every instruction set gives the same.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};

use bytemuck::Pod;

use super::dot::Dot;
use super::scratch::Scratch;
use super::tiles::{self, Tiled};

/// The most steps an input takes: fourteen bits, which two bytes without their first bits hold. As
/// many under every instruction set, so that an embedding is the same everywhere.
const MAX_STEPS: usize = 8191;
/// The largest int8 weight, by amount.
const MAX_WEIGHT: usize = 128;

/// Products of a panel of `LANES` rows of int8 weights with inputs in steps.
pub trait IntegerProduct<const LANES: usize> {
    /// Inputs of as many columns as are multiplied together, as the instructions take them.
    type Inputs: Pod;
    /// How many columns these are.
    const COLUMNS: usize;
    /// What each step is raised by as an input; the sums begin with what takes it back.
    const OFFSET: i16 = 0;

    /// Steps of so many columns.
    fn inputs(steps: &[i16]) -> Self::Inputs;

    /// Adds to each row of `sums` the product of a row of `inputs`, `stride` apart, with a panel, or
    /// a part of one, as [`super::matrix::Matrix`] lays it out.
    fn multiply<const ROWS: usize>(
        inputs: &[Self::Inputs],
        stride: usize,
        panel: &[i8],
        sums: &mut [[i32; LANES]],
    );
}

/// The most steps that an input of so many columns takes: every sum of products stays below 2³¹.
pub fn most_steps(columns: usize) -> f32 {
    (i32::MAX as usize / (MAX_WEIGHT * columns)).min(MAX_STEPS) as f32
}

/// Brings values to `most` steps of their largest and returns what a step is worth.
#[inline(always)]
pub fn round(values: &[f32], most: f32, steps: &mut [i16]) -> f32 {
    // Adding 1.5 × 2²³ leaves the nearest whole number in the low bits.
    const MAGIC: f32 = 12_582_912.0;
    // Amounts are ordered as their bits are, and the largest of whole numbers is found in any order.
    let amounts = values.iter().map(|value| value.to_bits() & i32::MAX as u32);
    let largest = f32::from_bits(amounts.fold(0, u32::max));
    // Of zeros, or so close to them that f32 has no inverse, nothing is left.
    let inverse = Some(most / largest).filter(|inverse| inverse.is_finite());
    let inverse = inverse.unwrap_or(0.0);
    for (to, value) in steps.iter_mut().zip(values) {
        *to = (value * inverse + MAGIC).to_bits() as i16;
    }
    largest / most
}

/// Rows of inputs in steps.
pub struct Steps<I: Pod> {
    inputs: Scratch<I>,
    /// Of a row.
    stride: usize,
    /// What one step of a row is worth.
    pub sizes: Vec<f32>,
    /// The row that is taken in, filled up with zeros.
    row: Vec<i16>,
}

impl<I: Pod> Steps<I> {
    /// Room for `rows` rows of `columns` values, `together` of which are one input.
    pub fn new(rows: usize, columns: usize, together: usize) -> Self {
        let stride = columns.div_ceil(together);
        Self {
            inputs: Scratch::new(rows * stride),
            stride,
            sizes: vec![0.0; rows],
            row: vec![0; stride * together],
        }
    }

    /// Takes in row `index`: `write` is given its steps and returns what one is worth.
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

    /// Products of the first rows with one panel of weights, in steps; `sums` has a row for each, and
    /// all begin with `begin`.
    #[inline(always)]
    pub fn product<const ROWS: usize, const LANES: usize, D: IntegerProduct<LANES, Inputs = I>>(
        &self,
        panel: &[i8],
        begin: [i32; LANES],
        sums: &mut [[i32; LANES]],
    ) {
        /// What of a panel stays in the innermost cache while all rows pass.
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

/// Rows of inputs that are multiplied with a panel, and what their products are added to.
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

/// The weights behind a panel, which are multiplied next: fetched a little with each group of
/// columns, for where rows are few, products are quicker than memory.
struct Ahead {
    place: *const u8,
    step: usize,
}

impl Ahead {
    /// As many as `panel` has, shared out among the tiles that pass it.
    fn of<T>(panel: &[T], tiles: usize) -> Self {
        Self {
            place: panel.as_ptr_range().end.cast(),
            step: size_of::<T>().div_ceil(tiles.max(1)),
        }
    }

    /// Goes one step on. Only x86 has a stable intrinsic for it.
    #[inline(always)]
    fn fetch(&mut self) {
        #[cfg(target_arch = "x86_64")]
        #[allow(unsafe_code)]
        // SAFETY: it gives the program nothing to see, and faults nowhere.
        unsafe {
            _mm_prefetch::<_MM_HINT_T1>(self.place.cast());
        }
        self.place = self.place.wrapping_add(self.step);
    }
}
