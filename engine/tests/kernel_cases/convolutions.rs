//! Convolutions, depthwise ones included.

use glance_engine::compute::gpu::Gpu;
use glance_engine::compute::{Compute, Conv2d, DepthwiseConv2d, Epilogue, Linear};

use super::{Case, Random, RandomMatrix, STORED, agree};

struct ConvCase {
    /// Batch, height, width, channels.
    shape: [usize; 4],
    x: Vec<f32>,
    weight: RandomMatrix,
    bias: Vec<f32>,
    kernel: usize,
    stride: usize,
    padding: [usize; 2],
    epilogue: Epilogue,
    residual: bool,
}

impl Case for ConvCase {
    fn run<C: Compute>(&self, compute: &C) -> C::Tensor {
        let x = compute.tensor(&self.shape, &self.x);
        let out = self.weight.rows;
        let bias = Some(compute.tensor(&[out], &self.bias));
        let linear = Linear {
            weight: self.weight.on(compute),
            bias,
        };
        let Self {
            kernel,
            stride,
            padding,
            ..
        } = *self;
        let conv = Conv2d {
            linear,
            kernel,
            stride,
            padding,
        };
        let plain = compute.conv2d(&x, &conv, self.epilogue, None);
        if !self.residual {
            return plain;
        }
        compute.conv2d(&x, &conv, self.epilogue, Some(&plain))
    }
}

pub async fn convolutions(gpu: &Gpu) {
    // Shape, output channels, kernel, stride, padding before and after.
    let cases: [([usize; 4], usize, [usize; 4]); 16] = [
        ([1, 8, 8, 3], 5, [3, 2, 1, 1]),
        ([2, 7, 9, 4], 6, [3, 1, 1, 1]),
        ([1, 5, 5, 8], 4, [1, 1, 0, 0]),
        ([2, 6, 6, 5], 3, [1, 1, 0, 0]),
        ([1, 9, 9, 6], 70, [3, 2, 1, 1]),
        ([1, 7, 7, 4], 3, [5, 3, 2, 2]),
        ([1, 6, 8, 12], 9, [2, 2, 0, 0]),
        ([3, 1, 1, 4], 2, [3, 1, 1, 1]),
        ([1, 8, 8, 8], 5, [1, 2, 0, 0]),
        // Patches of a vision transformer.
        ([2, 8, 8, 3], 5, [4, 4, 0, 0]),
        ([1, 7, 6, 3], 4, [2, 2, 0, 0]),
        ([3, 5, 5, 1], 7, [5, 5, 0, 0]),
        ([2, 3, 3, 2], 3, [1, 1, 0, 0]),
        // Asymmetric padding, with channels in multiples of four and not.
        ([1, 8, 6, 3], 10, [3, 2, 0, 1]),
        ([2, 9, 10, 8], 5, [5, 2, 1, 2]),
        ([1, 3, 2, 4], 6, [1, 1, 0, 1]),
    ];
    for (index, (shape, out, [kernel, stride, before, after])) in cases.into_iter().enumerate() {
        let stored = STORED[(index + index / 3) % STORED.len()];
        let mut random = Random(index as u64);
        let case = ConvCase {
            shape,
            x: random.floats(shape.iter().product()),
            weight: RandomMatrix::new(&mut random, out, kernel * kernel * shape[3], stored),
            bias: random.floats(out),
            kernel,
            stride,
            padding: [before, after],
            epilogue: if index % 2 == 0 {
                Epilogue::Relu
            } else {
                Epilogue::None
            },
            residual: index % 3 != 2,
        };
        let what = format!("{kernel}×{kernel} of {shape:?} to {out}, {stored:?}");
        agree(gpu, &what, stored.tolerance(gpu), &case).await;
    }
}

struct DepthwiseCase {
    /// Batch, height, width, channels.
    shape: [usize; 4],
    kernel: usize,
    stride: usize,
    padding: [usize; 2],
    epilogue: Epilogue,
    bias: bool,
}

impl Case for DepthwiseCase {
    fn run<C: Compute>(&self, compute: &C) -> C::Tensor {
        let mut random = Random(self.kernel as u64);
        let (cells, channels) = (self.kernel * self.kernel, self.shape[3]);
        let x = random.floats(self.shape.iter().product());
        let weight = random.floats(cells * channels);
        let bias = random.floats(channels);
        let conv = DepthwiseConv2d {
            weight: compute.tensor(&[cells, channels], &weight),
            bias: self.bias.then(|| compute.tensor(&[channels], &bias)),
            kernel: self.kernel,
            stride: self.stride,
            padding: self.padding,
        };
        compute.depthwise_conv2d(&compute.tensor(&self.shape, &x), &conv, self.epilogue)
    }
}

pub async fn depthwise_convolutions(gpu: &Gpu) {
    let mut index = 0;
    for [height, width] in [[1, 1], [5, 7], [14, 14]] {
        for channels in [1, 3, 8, 17, 96] {
            for (kernel, stride) in [(3, 1), (3, 2), (5, 1), (5, 2), (7, 1), (7, 2)] {
                index += 1;
                let half = kernel / 2;
                let case = DepthwiseCase {
                    shape: [1 + index % 2 * 2, height, width, channels],
                    kernel,
                    stride,
                    padding: [[half; 2], [half - 1, half], [0, kernel - 1]][index % 3],
                    // Each epilogue is another pipeline, which a software adapter compiles slowly.
                    epilogue: if index % 2 == 0 {
                        Epilogue::Relu6
                    } else {
                        Epilogue::None
                    },
                    bias: index % 2 == 0,
                };
                let what = format!("depthwise {kernel}/{stride} of {:?}", case.shape);
                agree(gpu, &what, 1e-5, &case).await;
            }
        }
    }
}
