//! The operations on the CPU, in plain Rust that the compiler vectorises.
//!
//! ```text
//! gemm              matrix products with their epilogue; convolution unrolls windows for it
//! depthwise         convolutions of each channel by itself
//! attention         softmax over scores and the sum of values; norm and activation are small
//! matrix            weights in panels, as the kernels read them
//! instruction_set/  compiles each operation for several instruction sets, picks one at run time
//! scratch           buffers that are reused; aligned is what they consist of
//! rows              puts a row before others, and adds positions
//! ```
//!
//! Results do not depend on the rest of the batch: the order of each sum is fixed by its own inputs.

use std::future::ready;
use std::sync::Arc;

use super::{
    Compute, ComputeError, Conv2d, DepthwiseConv2d, Epilogue, LayerNorm, LeadingRow, Linear,
    MatrixData,
};

mod activation;
mod aligned;
mod attention;
mod convolution;
mod depthwise;
mod gemm;
mod instruction_set;
mod matrix;
mod norm;
mod rows;
mod scratch;
#[cfg(test)]
mod tests;

use attention::Attention;
use convolution::Window;
use depthwise::Depthwise;
use gemm::{Finish, Product};
use instruction_set::InstructionSet;
pub use matrix::Matrix;
use scratch::Scratch;

/// The CPU as a device.
#[derive(Clone, Debug)]
pub struct Cpu {
    instructions: InstructionSet,
}

/// f32 values, row-major, shared between clones.
#[derive(Clone, Debug)]
pub struct Tensor {
    shape: Vec<usize>,
    values: Arc<Scratch<f32>>,
}

impl Tensor {
    fn new(shape: &[usize], values: Scratch<f32>) -> Self {
        debug_assert_eq!(shape.iter().product::<usize>(), values.len());
        Self {
            shape: shape.to_vec(),
            values: Arc::new(values),
        }
    }

    /// Size of the last axis.
    fn width(&self) -> usize {
        self.shape.last().copied().unwrap_or(1)
    }

    /// Product of all axes but the last.
    fn rows(&self) -> usize {
        self.shape.iter().rev().skip(1).product()
    }

    /// The shape with another last axis.
    fn shape_with_width(&self, width: usize) -> Vec<usize> {
        let mut shape = self.shape.clone();
        if let Some(last) = shape.last_mut() {
            *last = width;
        }
        shape
    }

    /// The four axes of a picture batch.
    fn picture_shape(&self) -> [usize; 4] {
        self.shape
            .as_slice()
            .try_into()
            .expect("picture operations take four axes")
    }

    /// The three axes of a sequence batch.
    fn sequence_shape(&self) -> [usize; 3] {
        self.shape
            .as_slice()
            .try_into()
            .expect("sequence operations take three axes")
    }
}

impl Default for Cpu {
    fn default() -> Self {
        Self::new()
    }
}

impl Cpu {
    /// The CPU with the best instruction set it has.
    pub fn new() -> Self {
        Self {
            instructions: InstructionSet::detect(),
        }
    }
}

impl Compute for Cpu {
    type Tensor = Tensor;
    type Matrix = Matrix;
    type Rows = Vec<u32>;

    fn tensor(&self, shape: &[usize], values: &[f32]) -> Tensor {
        Tensor::new(shape, Scratch::copy(values))
    }

    fn matrix(&self, data: MatrixData<'_>) -> Result<Matrix, ComputeError> {
        Ok(Matrix::new(data, self.instructions.layout()))
    }

    fn linear(
        &self,
        x: &Tensor,
        linear: &Linear<Self>,
        epilogue: Epilogue,
        residual: Option<&Tensor>,
    ) -> Tensor {
        let mut y = Scratch::new(x.rows() * linear.weight.rows);
        self.instructions.run(Product {
            x: &x.values,
            weight: &linear.weight,
            finish: Finish {
                bias: linear.bias.as_ref().map(|bias| &**bias.values),
                epilogue,
                residual: residual.map(|residual| &**residual.values),
                residual_first: false,
            },
            y: &mut y,
        });
        Tensor::new(&x.shape_with_width(linear.weight.rows), y)
    }

    fn conv2d(
        &self,
        x: &Tensor,
        conv: &Conv2d<Self>,
        epilogue: Epilogue,
        residual: Option<&Tensor>,
    ) -> Tensor {
        let window = Window::new(x.picture_shape(), conv.kernel, conv.stride, conv.padding);
        let finish = Finish {
            bias: conv.linear.bias.as_ref().map(|bias| &**bias.values),
            epilogue,
            residual: residual.map(|residual| &**residual.values),
            residual_first: true,
        };
        let y = window.convolve(self.instructions, &x.values, &conv.linear.weight, finish);
        Tensor::new(&window.output_shape(conv.linear.weight.rows), y)
    }

    fn depthwise_conv2d(
        &self,
        x: &Tensor,
        conv: &DepthwiseConv2d<Self>,
        epilogue: Epilogue,
    ) -> Tensor {
        let window = Window::new(x.picture_shape(), conv.kernel, conv.stride, conv.padding);
        let shape = window.output_shape(x.width());
        let mut y = Scratch::new(shape.iter().product());
        self.instructions.run(Depthwise {
            window,
            x: &x.values,
            weight: &conv.weight.values,
            bias: conv.bias.as_ref().map(|bias| &**bias.values),
            epilogue,
            y: &mut y,
        });
        Tensor::new(&shape, y)
    }

    fn average_pool2d(&self, x: &Tensor, size: usize) -> Tensor {
        let [batch, height, width, channels] = x.picture_shape();
        let shape = [batch, height / size, width / size, channels];
        let mut y = Scratch::new(shape.iter().product());
        self.instructions.run(convolution::AveragePool {
            x: &x.values,
            row: width * channels,
            channels,
            size,
            output: shape,
            y: &mut y,
        });
        Tensor::new(&shape, y)
    }

    fn layer_norm(&self, x: &Tensor, norm: &LayerNorm<Self>) -> Tensor {
        let mut y = Scratch::copy(&x.values);
        self.instructions.run(norm::LayerNormalize {
            rows: &mut y,
            gain: &norm.gain.values,
            bias: &norm.bias.values,
        });
        Tensor::new(&x.shape, y)
    }

    fn attention(&self, qkv: &Tensor, heads: usize, causal: bool) -> Tensor {
        let [batch, sequence, width] = qkv.sequence_shape();
        let width = width / 3;
        let mut y = Scratch::new(batch * sequence * width);
        self.instructions.run(Attention {
            qkv: &qkv.values,
            sequence,
            width,
            heads,
            causal,
            y: &mut y,
        });
        Tensor::new(&[batch, sequence, width], y)
    }

    fn look_up(&self, shape: &[usize], levels: &[u8], table: &Tensor) -> Tensor {
        let channels = shape.last().copied().unwrap_or(1).max(1);
        let mut y = Scratch::new(levels.len());
        for (y, levels) in y
            .chunks_exact_mut(channels)
            .zip(levels.chunks_exact(channels))
        {
            let tables = table.values.chunks_exact(256);
            for ((y, level), table) in y.iter_mut().zip(levels).zip(tables) {
                *y = table[usize::from(*level)];
            }
        }
        Tensor::new(shape, y)
    }

    fn embed_tokens(
        &self,
        ids: &[u32],
        batch: usize,
        table: &Matrix,
        positions: &Tensor,
    ) -> Tensor {
        let sequence = ids.len() / batch.max(1);
        let mut y = Scratch::new(ids.len() * table.columns);
        for (index, (row, id)) in y.chunks_exact_mut(table.columns).zip(ids).enumerate() {
            table.row(*id as usize, row);
            let position = &positions.values[index % sequence * table.columns..];
            row.iter_mut()
                .zip(position)
                .for_each(|(value, position)| *value += position);
        }
        Tensor::new(&[batch, sequence, table.columns], y)
    }

    fn prepend(&self, x: &Tensor, row: LeadingRow<'_, Self>, positions: &Tensor) -> Tensor {
        let [batch, sequence, width] = x.sequence_shape();
        let learned = match row {
            LeadingRow::Learned(row) => Some(&**row.values),
            LeadingRow::Mean => None,
        };
        let mut y = Scratch::new(batch * (sequence + 1) * width);
        rows::prepend(&x.values, sequence, learned, &positions.values, &mut y);
        Tensor::new(&[batch, sequence + 1, width], y)
    }

    fn rows(&self, numbers: &[u32]) -> Vec<u32> {
        numbers.to_vec()
    }

    fn select_rows(&self, x: &Tensor, rows: &Vec<u32>) -> Tensor {
        let width = x.width();
        let mut y = Scratch::new(rows.len() * width);
        for (y, row) in y.chunks_exact_mut(width).zip(rows) {
            y.copy_from_slice(&x.values[*row as usize * width..][..width]);
        }
        Tensor::new(&[rows.len(), width], y)
    }

    fn l2_normalize(&self, x: &Tensor) -> Tensor {
        let mut y = Scratch::copy(&x.values);
        self.instructions.run(norm::L2Normalize {
            rows: &mut y,
            width: x.width(),
        });
        Tensor::new(&x.shape, y)
    }

    fn reshape(&self, x: &Tensor, shape: &[usize]) -> Tensor {
        debug_assert_eq!(shape.iter().product::<usize>(), x.values.len());
        Tensor {
            shape: shape.to_vec(),
            values: Arc::clone(&x.values),
        }
    }

    fn shape(&self, x: &Tensor) -> Vec<usize> {
        x.shape.clone()
    }

    fn submit(&self, x: &Tensor) -> impl Future<Output = Result<Vec<f32>, ComputeError>> + use<> {
        ready(Ok(x.values.to_vec()))
    }
}
