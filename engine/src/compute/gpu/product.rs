//! Matrix products: linear maps and convolutions are one kernel with two ways to its input.

use super::kernel::{Input, Kernel, Residual};
use super::{Gpu, GpuTensor, dimensions};
use crate::compute::{Conv2d, Epilogue, Linear};

/// One product `[rows, inputs] · [outputs, inputs]ᵀ`.
struct Product<'a> {
    linear: &'a Linear<Gpu>,
    epilogue: Epilogue,
    residual: Option<(&'a GpuTensor, Residual)>,
    rows: usize,
    input: Input,
    /// What follows rows, inputs and outputs in the kernel's `Sizes`.
    windows: [usize; 8],
}

impl Gpu {
    pub(super) fn linear_map(
        &self,
        x: &GpuTensor,
        linear: &Linear<Self>,
        epilogue: Epilogue,
        residual: Option<&GpuTensor>,
    ) -> GpuTensor {
        let (_, leading) = x.shape.split_last().unwrap_or((&1, &[]));
        let rows = leading.iter().product();
        let shape = [leading, &[linear.weight.rows]].concat();
        self.product(
            x,
            &shape,
            &Product {
                linear,
                epilogue,
                residual: residual.map(|residual| (residual, Residual::AfterActivation)),
                rows,
                input: rows_input(linear.weight.columns),
                windows: [0; 8],
            },
        )
    }

    pub(super) fn convolution(
        &self,
        x: &GpuTensor,
        conv: &Conv2d<Self>,
        epilogue: Epilogue,
        residual: Option<&GpuTensor>,
    ) -> GpuTensor {
        let [batch, height, width, channels] = dimensions(x);
        let Conv2d {
            linear,
            kernel,
            stride,
            padding,
        } = conv;
        let windows = |side: usize| (side + 2 * padding).saturating_sub(*kernel) / stride + 1;
        let (out_height, out_width) = (windows(height), windows(width));
        let input = match (kernel, stride, padding) {
            // Every window is one cell, in the picture's own order.
            (1, 1, 0) => rows_input(channels),
            _ if [
                kernel * channels,
                stride * channels,
                padding * channels,
                width * channels,
            ]
            .iter()
            .all(|values| values.is_multiple_of(4)) =>
            {
                Input::WindowsVec4
            }
            _ => Input::WindowsScalar,
        };
        let shape = [batch, out_height, out_width, linear.weight.rows];
        self.product(
            x,
            &shape,
            &Product {
                linear,
                epilogue,
                residual: residual.map(|residual| (residual, Residual::BeforeActivation)),
                rows: batch * out_height * out_width,
                input,
                windows: [
                    height, width, channels, out_height, out_width, *kernel, *stride, *padding,
                ],
            },
        )
    }

    fn product(&self, x: &GpuTensor, shape: &[usize], product: &Product<'_>) -> GpuTensor {
        let output = self.output(shape);
        let Linear { weight, bias } = product.linear;
        let tile = self.tile.product(product.rows, weight.rows);
        let kernel = Kernel::Product {
            tile,
            input: product.input,
            weights: weight.kind,
            epilogue: product.epilogue,
            bias: bias.is_some(),
            residual: product.residual.map_or(Residual::None, |(_, place)| place),
        };
        let absent = self.nothing();
        let inputs = [
            x.buffer(),
            Some(weight.values.buffer()),
            weight
                .scales
                .as_ref()
                .map_or(absent, |scales| Some(scales.buffer())),
            bias.as_ref().map_or(absent, GpuTensor::buffer),
            product
                .residual
                .map_or(absent, |(residual, _)| residual.buffer()),
        ];
        let mut sizes = vec![product.rows, weight.columns, weight.rows];
        sizes.extend(product.windows);
        let (tile_columns, tile_rows) = tile.outputs();
        let [y, z, _] = self.in_a_row((product.rows as u64).div_ceil(u64::from(tile_rows)));
        let workgroups = [(weight.rows as u32).div_ceil(tile_columns), y, z];
        let multiply_adds = product.rows as u64 * (weight.columns * weight.rows) as u64;
        self.run(kernel, &inputs, &output, &sizes, workgroups, multiply_adds);
        output
    }
}

fn rows_input(columns: usize) -> Input {
    if columns.is_multiple_of(4) {
        Input::RowsVec4
    } else {
        Input::RowsScalar
    }
}
