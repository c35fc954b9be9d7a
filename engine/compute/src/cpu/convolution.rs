//! Convolution as a matrix product over unrolled windows, and pooling.

use super::gemm::{Finish, Product, int8_product};
use super::instruction_set::integer_product::{IntegerProduct, max_quantized, quantize_row};
use super::instruction_set::{InstructionSet, Kernel};
use super::matrix::Matrix;
use super::scratch::Scratch;
use crate::windows;

/// Values of unrolled windows in memory at once: 1 MiB.
const UNROLLED_VALUES: usize = 1 << 18;

/// How a square kernel moves over pictures `[batch, height, width, channels]`.
#[derive(Clone, Copy)]
pub struct Window {
    /// `[batch, height, width, channels]`.
    pub input: [usize; 4],
    /// Side of the kernel.
    pub kernel: usize,
    /// Step between windows.
    pub stride: usize,
    /// Zeros before the picture's first row and column. Those after the last follow from `height`
    /// and `width`.
    pub padding: usize,
    /// Windows down the picture.
    pub height: usize,
    /// Windows across it.
    pub width: usize,
}

impl Window {
    /// The windows of a convolution over pictures of shape `input`.
    pub fn new(input: [usize; 4], kernel: usize, stride: usize, padding: [usize; 2]) -> Self {
        let steps = |side: usize| windows(side, kernel, stride, padding);
        let [_, height, width, _] = input;
        Self {
            input,
            kernel,
            stride,
            padding: padding[0],
            height: steps(height),
            width: steps(width),
        }
    }

    /// `[batch, height′, width′, channels′]`.
    pub fn output_shape(&self, channels: usize) -> [usize; 4] {
        [self.input[0], self.height, self.width, channels]
    }

    /// The convolution's output.
    pub fn convolve(
        &self,
        instructions: InstructionSet,
        x: &[f32],
        weight: &Matrix,
        finish: Finish<'_>,
    ) -> Scratch<f32> {
        let windows = self.input[0] * self.height * self.width;
        let mut y = Scratch::new(windows * weight.rows);
        if (self.kernel, self.stride) == (1, 1) && [self.height, self.width] == self.input[1..3] {
            instructions.run(Product {
                x,
                weight,
                finish,
                y: &mut y,
            });
            return y;
        }
        if weight.is_int8() {
            instructions.run(WholeConvolution {
                window: self,
                x,
                weight,
                finish,
                y: &mut y,
            });
            return y;
        }
        let step = (UNROLLED_VALUES / weight.columns).clamp(1, windows.max(1));
        let mut unrolled = vec![0.0; step * weight.columns];
        for (index, y) in y.chunks_mut(step * weight.rows).enumerate() {
            let count = y.len() / weight.rows;
            let unrolled = &mut unrolled[..count * weight.columns];
            for (window, row) in unrolled.chunks_exact_mut(weight.columns).enumerate() {
                self.unroll(x, index * step + window, row);
            }
            let residual = finish
                .residual
                .map(|residual| &residual[index * step * weight.rows..]);
            let finish = Finish { residual, ..finish };
            instructions.run(Product {
                x: unrolled,
                weight,
                finish,
                y,
            });
        }
        y
    }

    /// Copies the values under window `index`, with zeros outside the picture.
    #[inline(always)]
    fn unroll<T: Copy + Default>(&self, x: &[T], index: usize, values: &mut [T]) {
        let [_, height, width, channels] = self.input;
        let picture = &x[index / (self.height * self.width) * height * width * channels..];
        let top = index / self.width % self.height * self.stride;
        let left = index % self.width * self.stride;
        let first = left.max(self.padding) - left;
        let end = self
            .kernel
            .min((width + self.padding).saturating_sub(left))
            .max(first);
        for (row, values) in values.chunks_exact_mut(self.kernel * channels).enumerate() {
            let inside = (top + row)
                .checked_sub(self.padding)
                .filter(|row| *row < height);
            let Some(row) = inside.filter(|_| first < end) else {
                values.fill(T::default());
                continue;
            };
            let start = (row * width + left + first - self.padding) * channels;
            let run = (end - first) * channels;
            values[..first * channels].fill(T::default());
            values[first * channels..][..run].copy_from_slice(&picture[start..][..run]);
            values[end * channels..].fill(T::default());
        }
    }
}

/// A convolution with int8 weights. Windows overlap, so each picture is quantised as a whole before
/// it is unrolled.
struct WholeConvolution<'a> {
    window: &'a Window,
    x: &'a [f32],
    weight: &'a Matrix,
    finish: Finish<'a>,
    y: &'a mut [f32],
}

impl Kernel for WholeConvolution<'_> {
    #[inline(always)]
    fn run<const FUSED: bool, const ROWS: usize, const LANES: usize, D: IntegerProduct<LANES>>(
        self,
    ) {
        let Self {
            window,
            x,
            weight,
            finish,
            y,
        } = self;
        let [_, height, width, channels] = window.input;
        let most = max_quantized(weight.columns);
        let output = window.height * window.width * weight.rows;
        let mut picture = vec![0; height * width * channels];
        let pictures = x
            .chunks_exact(picture.len())
            .zip(y.chunks_exact_mut(output));
        for (index, (x, y)) in pictures.enumerate() {
            let size = quantize_row(x, most, &mut picture);
            let residual = finish.residual.map(|residual| &residual[index * output..]);
            int8_product::<FUSED, ROWS, LANES, D>(
                |row, steps| {
                    window.unroll(&picture, row, &mut steps[..weight.columns]);
                    size
                },
                weight,
                Finish { residual, ..finish },
                y,
            );
        }
    }
}

/// Mean over non-overlapping `size × size` windows.
pub struct AveragePool<'a> {
    /// Pictures.
    pub x: &'a [f32],
    /// Values in a row of a picture.
    pub row: usize,
    /// Values in a pixel.
    pub channels: usize,
    /// Side of a window.
    pub size: usize,
    /// `[batch, height, width, channels]` of the output.
    pub output: [usize; 4],
    /// The output.
    pub y: &'a mut [f32],
}

impl Kernel for AveragePool<'_> {
    #[inline(always)]
    fn run<const FUSED: bool, const ROWS: usize, const LANES: usize, D: IntegerProduct<LANES>>(
        self,
    ) {
        let Self {
            x,
            row,
            channels,
            size,
            output,
            y,
        } = self;
        let [_, height, width, _] = output;
        let factor = 1.0 / (size * size) as f32;
        // A side that `size` does not divide has rows and columns that no window covers.
        let picture = x.len() / output[0].max(1);
        for (index, y) in y.chunks_exact_mut(channels).enumerate() {
            let picture = &x[index / (height * width) * picture..];
            let top = index / width % height * size;
            let left = index % width * size;
            y.fill(0.0);
            for down in top..top + size {
                let pixels = &picture[down * row + left * channels..][..size * channels];
                for pixel in pixels.chunks_exact(channels) {
                    y.iter_mut()
                        .zip(pixel)
                        .for_each(|(sum, value)| *sum += value);
                }
            }
            y.iter_mut().for_each(|sum| *sum *= factor);
        }
    }
}
