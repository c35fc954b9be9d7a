//! Depthwise convolution, vectorised over channels.
//!
//! Four adjacent outputs are computed together. Their sums, the inputs that they share and each
//! weight stay in registers. Tiles that reach beyond the picture read a zero-padded copy of it, so
//! there is one inner loop and it has no branches.

use super::activation;
use super::convolution::Window;
use super::instruction_set::integer_product::IntegerProduct;
use super::instruction_set::{Kernel, multiply_add};
use super::scratch::Scratch;
use crate::Epilogue;

/// Outputs of a tile.
const TILE: usize = 4;

/// `y = epilogue(conv(x) + bias)`, a kernel for each channel.
pub struct Depthwise<'a> {
    /// How the kernels move over the pictures.
    pub window: Window,
    /// `[batch, height, width, channels]`.
    pub x: &'a [f32],
    /// `[kernel × kernel, channels]`.
    pub weight: &'a [f32],
    /// `[channels]`.
    pub bias: Option<&'a [f32]>,
    /// Applied to each value.
    pub epilogue: Epilogue,
    /// `[batch, height′, width′, channels]`.
    pub y: &'a mut [f32],
}

impl Kernel for Depthwise<'_> {
    #[inline(always)]
    fn run<const FUSED: bool, const ROWS: usize, const LANES: usize, D: IntegerProduct<LANES>>(
        self,
    ) {
        // One register of channels; a row of a product's tile has two.
        match self.window.input[3] {
            16.. if LANES >= 32 => self.channels::<FUSED, 16>(),
            8.. if LANES >= 16 => self.channels::<FUSED, 8>(),
            4.. => self.channels::<FUSED, 4>(),
            _ => self.pictures::<FUSED, 1, 0, 0>(),
        }
    }
}

impl Depthwise<'_> {
    /// Computes `LANES` channels at once, with unrolled loops for the kernel sizes of mobile
    /// networks.
    #[inline(always)]
    fn channels<const FUSED: bool, const LANES: usize>(self) {
        match (self.window.kernel, self.window.stride) {
            (3, 1) => self.pictures::<FUSED, LANES, 3, 1>(),
            (3, 2) => self.pictures::<FUSED, LANES, 3, 2>(),
            (5, 1) => self.pictures::<FUSED, LANES, 5, 1>(),
            (5, 2) => self.pictures::<FUSED, LANES, 5, 2>(),
            _ => self.pictures::<FUSED, LANES, 0, 0>(),
        }
    }

    /// `KERNEL` and `STRIDE` are 0 if they are not known at compile time.
    #[inline(always)]
    fn pictures<const FUSED: bool, const LANES: usize, const KERNEL: usize, const STRIDE: usize>(
        self,
    ) {
        let Window {
            input: [_, height, width, channels],
            kernel,
            stride,
            padding,
            ..
        } = self.window;
        let (down, across) = (self.window.height, self.window.width);
        let zeros = vec![0.0; if self.bias.is_some() { 0 } else { channels }];
        let bias = self.bias.unwrap_or(&zeros);
        // Columns of the picture under a tile.
        let columns = (TILE - 1) * stride + kernel;
        let mut padded = Scratch::new(kernel * columns * channels);
        // Outputs of a picture narrower than a tile.
        let mut narrow = Scratch::new(TILE * channels);
        let pictures = self
            .x
            .chunks_exact(height * width * channels)
            .zip(self.y.chunks_exact_mut(down * across * channels));
        for (x, y) in pictures {
            for (row, y) in y.chunks_exact_mut(across * channels).enumerate() {
                // Counted with the leading padding.
                let top = row * stride;
                let first = padding.saturating_sub(top).min(kernel);
                let last = (height + padding).saturating_sub(top).min(kernel);
                let rows = first..last.max(first);
                let weight = &self.weight[rows.start * kernel * channels..];
                // The last tile may overlap the one before it.
                for tile in 0..across.div_ceil(TILE) {
                    let start = (tile * TILE).min(across.saturating_sub(TILE));
                    let left = start * stride;
                    let from = padding.saturating_sub(left).min(columns);
                    let to = (width + padding).saturating_sub(left).clamp(from, columns);
                    let place = |row: usize, column: usize| {
                        ((top + row - padding) * width + left + column - padding) * channels
                    };
                    let (x, pitch) = if rows.is_empty() {
                        (x, 0)
                    } else if (from, to) == (0, columns) {
                        (&x[place(rows.start, 0)..], width * channels)
                    } else {
                        let copies = padded.chunks_exact_mut(columns * channels);
                        for (row, copy) in rows.clone().zip(copies) {
                            copy[..from * channels].fill(0.0);
                            copy[to * channels..].fill(0.0);
                            if from < to {
                                copy[from * channels..to * channels].copy_from_slice(
                                    &x[place(row, from)..][..(to - from) * channels],
                                );
                            }
                        }
                        (&padded[..], columns * channels)
                    };
                    let taps = Taps {
                        x,
                        pitch,
                        rows: rows.len(),
                        weight,
                        bias,
                        kernel,
                        stride,
                    };
                    let whole = across >= TILE;
                    let y = match whole {
                        true => &mut y[start * channels..][..TILE * channels],
                        false => &mut narrow[..],
                    };
                    taps.tile::<FUSED, LANES, KERNEL, STRIDE>(self.epilogue, y);
                    if !whole {
                        break;
                    }
                }
                if across < TILE {
                    y.copy_from_slice(&narrow[..across * channels]);
                }
            }
        }
    }
}

/// The operands of a tile.
struct Taps<'a> {
    /// Values of the picture, or of the padded copy, from the tile's first cell on.
    x: &'a [f32],
    /// Values from one row to the next.
    pitch: usize,
    /// Rows of the kernel inside the picture.
    rows: usize,
    /// Weights of those rows.
    weight: &'a [f32],
    /// `[channels]`.
    bias: &'a [f32],
    kernel: usize,
    stride: usize,
}

impl Taps<'_> {
    /// Writes `[TILE, channels]`.
    #[allow(clippy::needless_range_loop, unsafe_code)]
    #[inline(always)]
    fn tile<const FUSED: bool, const LANES: usize, const KERNEL: usize, const STRIDE: usize>(
        &self,
        epilogue: Epilogue,
        y: &mut [f32],
    ) {
        let kernel = if KERNEL == 0 { self.kernel } else { KERNEL };
        let stride = if STRIDE == 0 { self.stride } else { STRIDE };
        let (x, weight, channels) = (self.x, self.weight, self.bias.len());
        let columns = (TILE - 1) * stride + kernel;
        let last_row = self.rows.saturating_sub(1) * self.pitch;
        assert!(channels >= LANES && y.len() == TILE * channels);
        assert!(self.rows == 0 || x.len() >= last_row + columns * channels);
        assert!(weight.len() >= self.rows * kernel * channels);
        for block in 0..channels.div_ceil(LANES) {
            // The last block may overlap the one before it.
            let first = (block * LANES).min(channels - LANES);
            let bias: [f32; LANES] = *self.bias[first..].first_chunk().expect("a whole block");
            let mut sums = [bias; TILE];
            for row in 0..self.rows {
                for column in 0..kernel {
                    let at = (row * kernel + column) * channels + first;
                    // SAFETY: `row < rows`, `column < kernel` and `first + LANES <= channels`, so
                    // this ends within `rows * kernel * channels`, which was asserted.
                    let weights: [f32; LANES] = unsafe { load(weight, at) };
                    for output in 0..TILE {
                        let cell = output * stride + column;
                        let at = row * self.pitch + cell * channels + first;
                        // SAFETY: `row <= rows - 1`, `cell < columns` and `first + LANES <=
                        // channels`, so this ends within `last_row + columns * channels`, which
                        // was asserted.
                        let values: [f32; LANES] = unsafe { load(x, at) };
                        for lane in 0..LANES {
                            sums[output][lane] = multiply_add::<FUSED>(
                                values[lane],
                                weights[lane],
                                sums[output][lane],
                            );
                        }
                    }
                }
            }
            for (output, sums) in sums.iter_mut().enumerate() {
                activation::apply::<FUSED>(epilogue, sums);
                y[output * channels + first..][..LANES].copy_from_slice(sums);
            }
        }
    }
}

/// `LANES` values at `start`, unchecked: there is one load for every one or two multiply-adds.
///
/// # Safety
/// `start + LANES <= values.len()`.
#[allow(unsafe_code)]
#[inline(always)]
unsafe fn load<const LANES: usize>(values: &[f32], start: usize) -> [f32; LANES] {
    debug_assert!(start + LANES <= values.len());
    // SAFETY: the caller guarantees the bounds; an array has the alignment of its values.
    unsafe { *values.as_ptr().add(start).cast() }
}
