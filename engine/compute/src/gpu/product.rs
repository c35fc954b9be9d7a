//! Matrix products. Linear layers and convolutions share a kernel, with two ways to read its input.

use super::kernel::{Input, Kernel, Residual, activation_number};
use super::{Gpu, GpuTensor, dimensions};
use crate::{Conv2d, Epilogue, Linear, windows};

/// One product `[rows, inputs] · [outputs, inputs]ᵀ`.
struct Product<'a> {
    linear: &'a Linear<Gpu>,
    epilogue: Epilogue,
    residual: Option<(&'a GpuTensor, Residual)>,
    rows: usize,
    input: Input,
    /// `height` to `padding` in the `Sizes` of the product and of [`Kernel::UnrollWindows`].
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
        // Each row is a picture of one cell, with one window.
        let cell = [1, 1, linear.weight.columns, 1, 1, 1, 1, 0];
        let product = Product {
            linear,
            epilogue,
            residual: residual.map(|residual| (residual, Residual::AfterActivation)),
            rows,
            input: Input::Rows,
            windows: cell,
        };
        if linear.weight.columns.is_multiple_of(4) {
            self.product(x, &shape, &product)
        } else {
            self.product(&self.unrolled(x, &product), &shape, &product)
        }
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
            padding: both,
        } = conv;
        let out_height = windows(height, *kernel, *stride, *both);
        let out_width = windows(width, *kernel, *stride, *both);
        // The padding after the picture follows from the number of windows.
        let padding = both[0];
        let in_quads = [
            kernel * channels,
            stride * channels,
            padding * channels,
            width * channels,
        ]
        .iter()
        .all(|values| values.is_multiple_of(4));
        // Then each window is one cell, and windows have the picture's own order.
        let cells = (*kernel, *stride, *both) == (1, 1, [0, 0]);
        let shape = [batch, out_height, out_width, linear.weight.rows];
        let product = Product {
            linear,
            epilogue,
            residual: residual.map(|residual| (residual, Residual::BeforeActivation)),
            rows: batch * out_height * out_width,
            input: if in_quads && !cells {
                Input::Windows
            } else {
                Input::Rows
            },
            windows: [
                height, width, channels, out_height, out_width, *kernel, *stride, padding,
            ],
        };
        if in_quads {
            self.product(x, &shape, &product)
        } else {
            self.product(&self.unrolled(x, &product), &shape, &product)
        }
    }

    /// Copies the windows that `product` multiplies into rows of whole quads. In a CLIP network
    /// they never need more memory than other activations: patches do not overlap, so they are as
    /// large as their picture; a ResNet's stem has 28 columns and at least as many outputs.
    fn unrolled(&self, x: &GpuTensor, product: &Product<'_>) -> GpuTensor {
        let columns = product.linear.weight.columns.next_multiple_of(4);
        let output = self.output(&[product.rows, columns]);
        self.run_flat(
            Kernel::UnrollWindows,
            &[x.buffer()],
            &output,
            output.count(),
            &product.windows,
        );
        output
    }

    fn product(&self, x: &GpuTensor, shape: &[usize], product: &Product<'_>) -> GpuTensor {
        let output = self.output(shape);
        let Linear { weight, bias } = product.linear;
        let tile = self
            .strategy
            .get()
            .product(product.rows, weight.rows, weight.kind);
        let kernel = Kernel::Product {
            tile,
            input: product.input,
            weights: weight.kind,
        };
        let residual = product.residual.map_or(Residual::None, |(_, place)| place);
        let absent = self.placeholder();
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
        let columns = weight.columns.next_multiple_of(4);
        let mut sizes = vec![product.rows, columns, weight.rows];
        sizes.extend(product.windows);
        sizes.extend([
            activation_number(product.epilogue),
            usize::from(bias.is_some()),
            residual as usize,
        ]);
        let (tile_columns, tile_rows) = tile.outputs();
        let [y, z, _] = self.in_a_row((product.rows as u64).div_ceil(u64::from(tile_rows)));
        let workgroups = [(weight.rows as u32).div_ceil(tile_columns), y, z];
        let multiply_adds = product.rows as u64 * (weight.columns * weight.rows) as u64;
        self.run(kernel, &inputs, &output, &sizes, workgroups, multiply_adds);
        output
    }
}
