//! EfficientNet-lite (Tan and Le 2019; Google's lite variant of 2020). Batch normalisation stays
//! folded, because these towers start from trained weights.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Initializer, Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor};

use crate::config::{EfficientnetLiteConfig, InvertedResidual};
use crate::model::same_padding;

/// An inverted residual block: few channels at both ends, many in between.
#[derive(Module, Debug)]
pub(super) struct Block {
    pub(super) expand_conv: Option<Conv2d>,
    pub(super) depthwise_conv: Conv2d,
    pub(super) project_conv: Conv2d,
    residual: bool,
}

impl Block {
    fn init(sizes: InvertedResidual, device: &Device) -> Self {
        let InvertedResidual {
            side,
            input,
            hidden,
            output,
            kernel,
            stride,
        } = sizes;
        Self {
            expand_conv: (hidden != input).then(|| pointwise(input, hidden, device)),
            depthwise_conv: convolution([hidden, hidden], hidden, [side, kernel, stride], device),
            project_conv: pointwise(hidden, output, device),
            residual: stride == 1 && input == output,
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let hidden = match &self.expand_conv {
            Some(expand) => relu6(expand.forward(x.clone())),
            None => x.clone(),
        };
        let hidden = relu6(self.depthwise_conv.forward(hidden));
        let output = self.project_conv.forward(hidden);
        match self.residual {
            true => output + x,
            false => output,
        }
    }
}

#[derive(Module, Debug)]
pub(super) struct EfficientnetLite {
    pub(super) conv_stem: Conv2d,
    pub(super) blocks: Vec<Block>,
    pub(super) conv_head: Conv2d,
    pub(super) proj: Linear,
}

impl EfficientnetLite {
    pub(super) fn init(
        config: &EfficientnetLiteConfig,
        projection: usize,
        device: &Device,
    ) -> Self {
        let deviation = (config.head as f64).powf(-0.5);
        Self {
            conv_stem: convolution([3, config.stem], 1, [config.image_size, 3, 2], device),
            blocks: config
                .blocks()
                .map(|sizes| Block::init(sizes, device))
                .collect(),
            conv_head: pointwise(config.output_channels(), config.head, device),
            proj: LinearConfig::new(config.head, projection)
                .with_initializer(Initializer::Normal {
                    mean: 0.0,
                    std: deviation,
                })
                .init(device),
        }
    }

    /// `[batch, 3, size, size]` to `[batch, projection]`, not normalised.
    pub(super) fn forward(&self, pixels: Tensor<4>) -> Tensor<2> {
        let mut x = relu6(self.conv_stem.forward(pixels));
        for block in &self.blocks {
            x = block.forward(x);
        }
        let x = relu6(self.conv_head.forward(x));
        let [batch, head, ..] = x.dims();
        let mean = x.flatten::<3>(2, 3).mean_dim(2).reshape([batch, head]);
        self.proj.forward(mean)
    }
}

fn pointwise(input: usize, output: usize, device: &Device) -> Conv2d {
    convolution([input, output], 1, [1, 1, 1], device)
}

/// A convolution with TensorFlow's "same" padding over pictures of side `side`.
fn convolution(
    channels: [usize; 2],
    groups: usize,
    [side, kernel, stride]: [usize; 3],
    device: &Device,
) -> Conv2d {
    let [before, after] = same_padding(side, kernel, stride);
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_stride([stride, stride])
        .with_groups(groups)
        .with_padding(PaddingConfig2d::Explicit(before, before, after, after))
        .with_initializer(Initializer::KaimingNormal {
            gain: std::f64::consts::SQRT_2,
            fan_out_only: false,
        })
        .init(device)
}

fn relu6(x: Tensor<4>) -> Tensor<4> {
    x.clamp(0.0, 6.0)
}
