//! What each operation of [`Compute`] records.

use std::borrow::Cow;

use super::kernel::{Kernel, LANES, activation_number};
use super::kernel_strategy::RowParallelism;
use super::{Gpu, GpuMatrix, GpuRows, GpuTensor, dimensions};
use crate::{
    Compute, ComputeError, Conv2d, DepthwiseConv2d, Epilogue, LayerNorm, LeadingRow, Linear,
    MatrixData, windows,
};

impl Compute for Gpu {
    type Tensor = GpuTensor;
    type Matrix = GpuMatrix;
    type Rows = GpuRows;

    fn tensor(&self, shape: &[usize], values: &[f32]) -> GpuTensor {
        self.upload_tensor(shape, values)
    }

    fn look_up(&self, shape: &[usize], levels: &[u8], table: &GpuTensor) -> GpuTensor {
        let output = self.output(shape);
        // Four levels a word; what is beyond the last is not read.
        let mut words = Cow::Borrowed(levels);
        if !levels.len().is_multiple_of(4) {
            let length = levels.len().next_multiple_of(4);
            words.to_mut().resize(length, 0);
        }
        let words = self.upload(&words);
        let inputs = [words.as_ref().map(|words| words.buffer()), table.buffer()];
        let count = output.count();
        let channels = shape.last().copied().unwrap_or(1);
        self.run_flat(
            Kernel::LookUp,
            &inputs,
            &output,
            count.div_ceil(4),
            &[count, channels],
        );
        output
    }

    fn matrix(&self, data: MatrixData<'_>) -> Result<GpuMatrix, ComputeError> {
        self.upload_matrix(data)
    }

    fn linear(
        &self,
        x: &GpuTensor,
        linear: &Linear<Self>,
        epilogue: Epilogue,
        residual: Option<&GpuTensor>,
    ) -> GpuTensor {
        self.linear_map(x, linear, epilogue, residual)
    }

    fn conv2d(
        &self,
        x: &GpuTensor,
        conv: &Conv2d<Self>,
        epilogue: Epilogue,
        residual: Option<&GpuTensor>,
    ) -> GpuTensor {
        self.convolution(x, conv, epilogue, residual)
    }

    fn depthwise_conv2d(
        &self,
        x: &GpuTensor,
        conv: &DepthwiseConv2d<Self>,
        epilogue: Epilogue,
    ) -> GpuTensor {
        let [batch, height, width, channels] = dimensions(x);
        let DepthwiseConv2d {
            kernel,
            stride,
            padding,
            ..
        } = *conv;
        let down = windows(height, kernel, stride, padding);
        let across = windows(width, kernel, stride, padding);
        let output = self.output(&[batch, down, across, channels]);
        let quads = channels.is_multiple_of(4);
        let cell = if quads { 4 } else { 1 };
        let count = output.count() / cell;
        let sizes = [
            count,
            height,
            width,
            channels / cell,
            down,
            across,
            kernel,
            stride,
            padding[0],
            activation_number(epilogue),
            usize::from(conv.bias.is_some()),
        ];
        let bias = conv.bias.as_ref();
        let inputs = [
            x.buffer(),
            conv.weight.buffer(),
            bias.map_or(self.placeholder(), GpuTensor::buffer),
        ];
        let kind = Kernel::DepthwiseConv2d { quads };
        let workgroups = self.in_a_row((count as u64).div_ceil(LANES));
        let multiply_adds = (output.count() * kernel * kernel) as u64;
        self.run(kind, &inputs, &output, &sizes, workgroups, multiply_adds);
        output
    }

    fn average_pool2d(&self, x: &GpuTensor, size: usize) -> GpuTensor {
        let [batch, height, width, channels] = dimensions(x);
        let output = self.output(&[batch, height / size, width / size, channels]);
        let sizes = [width, channels, height / size, width / size, height, size];
        self.run_flat(
            Kernel::AveragePool2d,
            &[x.buffer()],
            &output,
            output.count(),
            &sizes,
        );
        output
    }

    fn layer_norm(&self, x: &GpuTensor, norm: &LayerNorm<Self>) -> GpuTensor {
        let inputs = [x.buffer(), norm.gain.buffer(), norm.bias.buffer()];
        let parallelism = self.strategy.get().row_parallelism();
        self.run_rows(Kernel::LayerNorm { parallelism }, parallelism, &inputs, x)
    }

    fn attention(&self, qkv: &GpuTensor, heads: usize, causal: bool) -> GpuTensor {
        self.record_attention(qkv, heads, causal)
    }

    fn embed_tokens(
        &self,
        ids: &[u32],
        batch: usize,
        table: &GpuMatrix,
        positions: &GpuTensor,
    ) -> GpuTensor {
        let sequence = ids.len() / batch.max(1);
        let output = self.output(&[batch, sequence, table.columns]);
        let kernel = Kernel::EmbedTokens {
            weights: table.kind,
        };
        let ids_storage = self.upload(bytemuck::cast_slice(ids));
        let inputs = [
            ids_storage.as_ref().map(|ids| ids.buffer()),
            Some(table.values.buffer()),
            table
                .scales
                .as_ref()
                .map_or(self.placeholder(), |scales| Some(scales.buffer())),
            positions.buffer(),
        ];
        let quads = ids.len() * table.columns.div_ceil(4);
        let sizes = [sequence, table.columns, table.rows];
        self.run_flat(kernel, &inputs, &output, quads, &sizes);
        output
    }

    fn prepend(
        &self,
        x: &GpuTensor,
        row: LeadingRow<'_, Self>,
        positions: &GpuTensor,
    ) -> GpuTensor {
        let [batch, sequence, width] = dimensions(x);
        let output = self.output(&[batch, sequence + 1, width]);
        let (learned, mean) = match row {
            LeadingRow::Learned(row) => (row.buffer(), false),
            LeadingRow::Mean => (self.placeholder(), true),
        };
        let inputs = [x.buffer(), learned, positions.buffer()];
        let kernel = Kernel::Prepend { mean };
        self.run_flat(kernel, &inputs, &output, output.count(), &[sequence, width]);
        output
    }

    fn rows(&self, numbers: &[u32]) -> GpuRows {
        GpuRows {
            storage: self.upload(bytemuck::cast_slice(numbers)),
            count: numbers.len(),
        }
    }

    fn select_rows(&self, x: &GpuTensor, rows: &GpuRows) -> GpuTensor {
        let width = x.shape.last().copied().unwrap_or(1);
        let output = self.output(&[rows.count, width]);
        let numbers = rows.storage.as_ref().map(|rows| rows.buffer());
        let sizes = [x.count() / width.max(1), width];
        let inputs = [x.buffer(), numbers];
        let count = output.count();
        self.run_flat(Kernel::SelectRows, &inputs, &output, count, &sizes);
        output
    }

    fn l2_normalize(&self, x: &GpuTensor) -> GpuTensor {
        let parallelism = self.strategy.get().row_parallelism();
        self.run_rows(
            Kernel::L2Normalize { parallelism },
            parallelism,
            &[x.buffer()],
            x,
        )
    }

    fn reshape(&self, x: &GpuTensor, shape: &[usize]) -> GpuTensor {
        GpuTensor {
            storage: x.storage.clone(),
            shape: shape.to_vec(),
        }
    }

    fn shape(&self, x: &GpuTensor) -> Vec<usize> {
        x.shape.clone()
    }

    fn warm_up(&self, work: impl FnOnce(&Self)) {
        self.warming_up.set(true);
        work(self);
        self.warming_up.set(false);
    }

    fn submit(
        &self,
        x: &GpuTensor,
    ) -> impl Future<Output = Result<Vec<f32>, ComputeError>> + use<> {
        self.submit_and_read(x)
    }
}

impl Gpu {
    /// Records a kernel of `count` independent invocations. Its `Sizes` begin with `count`.
    pub(super) fn run_flat(
        &self,
        kernel: Kernel,
        inputs: &[Option<&wgpu::Buffer>],
        output: &GpuTensor,
        count: usize,
        sizes: &[usize],
    ) {
        let sizes = [&[count], sizes].concat();
        let workgroups = self.in_a_row((count as u64).div_ceil(LANES));
        self.run(kernel, inputs, output, &sizes, workgroups, count as u64);
    }

    /// Records a kernel that computes each row of `x` by itself.
    fn run_rows(
        &self,
        kernel: Kernel,
        parallelism: RowParallelism,
        inputs: &[Option<&wgpu::Buffer>],
        x: &GpuTensor,
    ) -> GpuTensor {
        let output = self.output(&x.shape);
        let width = x.shape.last().copied().unwrap_or(1);
        let rows = x.count() / width.max(1);
        let workgroups = self.in_a_row((rows as u64).div_ceil(parallelism.rows()));
        self.run(
            kernel,
            inputs,
            &output,
            &[rows, width],
            workgroups,
            x.count() as u64,
        );
        output
    }
}
