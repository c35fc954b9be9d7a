//! The modified ResNet (paper section 2.4; `ModifiedResNet` in openai/CLIP): a stem of three
//! convolutions, anti-aliased downsampling by average pooling, attention pooling.

use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{AvgPool2d, AvgPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, Initializer, PaddingConfig2d};
use burn::tensor::{Device, Tensor, activation};

use super::attention::{MultiHeadAttention, normal};
use crate::config::{BOTTLENECK_EXPANSION, ModifiedResnetConfig};

/// A convolution without bias, then batch normalisation.
#[derive(Module, Debug)]
pub(super) struct ConvBatchNorm {
    pub(super) conv: Conv2d,
    pub(super) norm: BatchNorm,
}

impl ConvBatchNorm {
    fn init(input: usize, output: usize, kernel: usize, stride: usize, device: &Device) -> Self {
        let padding = kernel / 2;
        Self {
            conv: Conv2dConfig::new([input, output], [kernel, kernel])
                .with_stride([stride, stride])
                .with_padding(PaddingConfig2d::Explicit(
                    padding, padding, padding, padding,
                ))
                .with_bias(false)
                .with_initializer(Initializer::KaimingNormal {
                    gain: std::f64::consts::SQRT_2,
                    fan_out_only: true,
                })
                .init(device),
            norm: BatchNormConfig::new(output).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.norm.forward(self.conv.forward(x))
    }
}

/// A bottleneck whose stride is an average pooling after its 3 × 3 convolution.
#[derive(Module, Debug)]
pub(super) struct Bottleneck {
    pub(super) conv1: ConvBatchNorm,
    pub(super) conv2: ConvBatchNorm,
    pub(super) conv3: ConvBatchNorm,
    pub(super) downsample: Option<ConvBatchNorm>,
    pool: Option<AvgPool2d>,
}

impl Bottleneck {
    fn init(input: usize, planes: usize, stride: usize, device: &Device) -> Self {
        let output = planes * BOTTLENECK_EXPANSION;
        let mut conv3 = ConvBatchNorm::init(planes, output, 1, 1, device);
        conv3.norm.gamma = Initializer::Zeros.init([output], device);
        Self {
            conv1: ConvBatchNorm::init(input, planes, 1, 1, device),
            conv2: ConvBatchNorm::init(planes, planes, 3, 1, device),
            conv3,
            downsample: (stride > 1 || input != output)
                .then(|| ConvBatchNorm::init(input, output, 1, 1, device)),
            pool: (stride > 1).then(|| average_pool(stride)),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let pool = |x: Tensor<4>| match &self.pool {
            Some(pool) => pool.forward(x),
            None => x,
        };
        let out = activation::relu(self.conv1.forward(x.clone()));
        let out = activation::relu(self.conv2.forward(out));
        let out = self.conv3.forward(pool(out));
        let identity = match &self.downsample {
            Some(downsample) => downsample.forward(pool(x)),
            None => x,
        };
        activation::relu(out + identity)
    }
}

/// Attention pooling: the query is the mean of all positions.
#[derive(Module, Debug)]
pub(super) struct AttentionPool {
    pub(super) positional_embedding: Param<Tensor<2>>,
    pub(super) attention: MultiHeadAttention,
}

impl AttentionPool {
    fn init(
        positions: usize,
        channels: usize,
        heads: usize,
        output: usize,
        device: &Device,
    ) -> Self {
        let deviation = (channels as f64).powf(-0.5);
        Self {
            positional_embedding: normal(deviation).init([positions, channels], device),
            attention: MultiHeadAttention::init(
                channels, output, heads, deviation, deviation, device,
            ),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let cells = x.flatten::<3>(2, 3).swap_dims(1, 2);
        let mean = cells.clone().mean_dim(1);
        let x = Tensor::cat(vec![mean, cells], 1) + self.positional_embedding.val().unsqueeze();
        let pooled = self.attention.forward(x, None);
        let [batch, _, output] = pooled.dims();
        pooled.narrow(1, 0, 1).reshape([batch, output])
    }
}

#[derive(Module, Debug)]
pub(super) struct ModifiedResnet {
    pub(super) stem: Vec<ConvBatchNorm>,
    pub(super) stages: Vec<Vec<Bottleneck>>,
    pub(super) attnpool: AttentionPool,
    pool: AvgPool2d,
}

impl ModifiedResnet {
    pub(super) fn init(config: &ModifiedResnetConfig, projection: usize, device: &Device) -> Self {
        let width = config.width;
        let stem = vec![
            ConvBatchNorm::init(3, width / 2, 3, 2, device),
            ConvBatchNorm::init(width / 2, width / 2, 3, 1, device),
            ConvBatchNorm::init(width / 2, width, 3, 1, device),
        ];
        let mut input = width;
        let stages = (0..)
            .zip(config.layers)
            .map(|(stage, blocks)| {
                let planes = width << stage;
                (0..blocks)
                    .map(|block| {
                        let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                        let bottleneck = Bottleneck::init(input, planes, stride, device);
                        input = planes * BOTTLENECK_EXPANSION;
                        bottleneck
                    })
                    .collect()
            })
            .collect();
        Self {
            stem,
            stages,
            attnpool: AttentionPool::init(
                config.positions(),
                config.output_channels(),
                config.heads,
                projection,
                device,
            ),
            pool: average_pool(2),
        }
    }

    /// `[batch, 3, size, size]` to `[batch, projection]`, not normalised.
    pub(super) fn forward(&self, pixels: Tensor<4>) -> Tensor<2> {
        let mut x = pixels;
        for convolution in &self.stem {
            x = activation::relu(convolution.forward(x));
        }
        x = self.pool.forward(x);
        for block in self.stages.iter().flatten() {
            x = block.forward(x);
        }
        self.attnpool.forward(x)
    }
}

fn average_pool(size: usize) -> AvgPool2d {
    AvgPool2dConfig::new([size, size])
        .with_strides([size, size])
        .init()
}
