//! The modified ResNet (paper section 2.4; `ModifiedResNet` in openai/CLIP `model.py`): a stem of
//! three convolutions, average pools instead of strides in the blocks, and attention instead of the
//! last pool. Batch normalisation is folded into the convolutions.

use glance_compute::{Compute, Conv2d, Epilogue, LeadingRow, Linear};

use super::layers::Layers;
use crate::config::{BOTTLENECK_EXPANSION, ModifiedResnetConfig};
use crate::error::Error;
use crate::weights::PackSource;

/// The image tower of the ResNet models.
pub struct ModifiedResnet<C: Compute> {
    stem: [Conv2d<C>; 3],
    blocks: Vec<Bottleneck<C>>,
    attention_pool: AttentionPool<C>,
}

impl<C: Compute> ModifiedResnet<C> {
    /// Loads the tower from `visual`.
    pub async fn load(
        layers: &Layers<'_, C, impl PackSource>,
        config: &ModifiedResnetConfig,
        projection: usize,
    ) -> Result<Self, Error> {
        let width = config.width;
        let stem = [
            layers.conv2d("conv1", 3, width / 2, 3, 2).await?,
            layers.conv2d("conv2", width / 2, width / 2, 3, 1).await?,
            layers.conv2d("conv3", width / 2, width, 3, 1).await?,
        ];
        let mut blocks = Vec::new();
        let mut channels = width;
        for (stage, count) in config.layers.into_iter().enumerate() {
            let planes = width << stage;
            for index in 0..count {
                let stride = if stage > 0 && index == 0 { 2 } else { 1 };
                let layers = layers.under(&format!("layer{}.{index}", stage + 1));
                blocks.push(Bottleneck::load(&layers, channels, planes, stride).await?);
                channels = planes * BOTTLENECK_EXPANSION;
            }
        }
        let attention_pool =
            AttentionPool::load(&layers.under("attnpool"), config, projection).await?;
        Ok(Self {
            stem,
            blocks,
            attention_pool,
        })
    }

    /// `[batch, size, size, 3]` to the output of attention pooling before its projection,
    /// `[batch, 32 × width]`.
    pub fn features(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        let x = self.cells(compute, pixels);
        self.attention_pool.mix(compute, &x)
    }

    /// `[1, size, size, 3]` to the picture's cells in the shared space, `[cells, projection]`.
    pub fn regions(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        let values = self
            .attention_pool
            .values(compute, &self.cells(compute, pixels));
        self.project(compute, &values)
    }

    /// `[batch, size, size, 3]` to the last stage's output, `[batch, side, side, 32 × width]`.
    fn cells(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        let x = self.stem.iter().fold(pixels.clone(), |x, conv| {
            compute.conv2d(&x, conv, Epilogue::Relu, None)
        });
        let x = compute.average_pool2d(&x, 2);
        self.blocks
            .iter()
            .fold(x, |x, block| block.forward(compute, &x))
    }

    /// `[rows, 32 × width]` to `[rows, projection]`.
    pub fn project(&self, compute: &C, features: &C::Tensor) -> C::Tensor {
        compute.linear(features, &self.attention_pool.c_proj, Epilogue::None, None)
    }
}

struct Bottleneck<C: Compute> {
    conv1: Conv2d<C>,
    conv2: Conv2d<C>,
    conv3: Conv2d<C>,
    downsample: Option<Conv2d<C>>,
    stride: usize,
}

impl<C: Compute> Bottleneck<C> {
    async fn load(
        layers: &Layers<'_, C, impl PackSource>,
        channels: usize,
        planes: usize,
        stride: usize,
    ) -> Result<Self, Error> {
        let output = planes * BOTTLENECK_EXPANSION;
        Ok(Self {
            conv1: layers.conv2d("conv1", channels, planes, 1, 1).await?,
            conv2: layers.conv2d("conv2", planes, planes, 3, 1).await?,
            conv3: layers.conv2d("conv3", planes, output, 1, 1).await?,
            downsample: match stride > 1 || channels != output {
                true => Some(layers.conv2d("downsample", channels, output, 1, 1).await?),
                false => None,
            },
            stride,
        })
    }

    fn forward(&self, compute: &C, x: &C::Tensor) -> C::Tensor {
        let pool = |x: C::Tensor| match self.stride {
            1 => x,
            stride => compute.average_pool2d(&x, stride),
        };
        let hidden = compute.conv2d(x, &self.conv1, Epilogue::Relu, None);
        let hidden = pool(compute.conv2d(&hidden, &self.conv2, Epilogue::Relu, None));
        let identity = match &self.downsample {
            Some(conv) => compute.conv2d(&pool(x.clone()), conv, Epilogue::None, None),
            None => x.clone(),
        };
        compute.conv2d(&hidden, &self.conv3, Epilogue::Relu, Some(&identity))
    }
}

/// Multi-head attention whose query is the mean of all cells.
struct AttentionPool<C: Compute> {
    positional_embedding: C::Tensor,
    in_proj: Linear<C>,
    c_proj: Linear<C>,
    heads: usize,
}

impl<C: Compute> AttentionPool<C> {
    async fn load(
        layers: &Layers<'_, C, impl PackSource>,
        config: &ModifiedResnetConfig,
        projection: usize,
    ) -> Result<Self, Error> {
        let channels = config.output_channels();
        Ok(Self {
            positional_embedding: layers
                .tensor("positional_embedding", &[config.positions(), channels])
                .await?,
            in_proj: layers.linear("in_proj", 3 * channels, channels).await?,
            c_proj: layers.linear("c_proj", projection, channels).await?,
            heads: config.heads,
        })
    }

    /// Attention pooling without the output projection, `[batch, channels]`.
    fn mix(&self, compute: &C, x: &C::Tensor) -> C::Tensor {
        let shape = compute.shape(x);
        let (batch, cells, channels) = (shape[0], shape[1] * shape[2], shape[3]);
        let x = compute.reshape(x, &[batch, cells, channels]);
        let x = compute.prepend(&x, LeadingRow::Mean, &self.positional_embedding);
        let qkv = compute.linear(&x, &self.in_proj, Epilogue::None, None);
        let attended = compute.attention(&qkv, self.heads, false);
        let rows: Vec<u32> = (0..batch)
            .map(|index| (index * (cells + 1)) as u32)
            .collect();
        compute.select_rows(&attended, &compute.rows(&rows))
    }

    /// What each cell adds to attention pooling: its value, `[cells, channels]`. As in MaskCLIP (Zhou
    /// et al. 2022, <https://arxiv.org/abs/2112.01071>), cells have no positional embedding here.
    fn values(&self, compute: &C, x: &C::Tensor) -> C::Tensor {
        let shape = compute.shape(x);
        let (cells, channels) = (shape[0] * shape[1] * shape[2], shape[3]);
        let x = compute.reshape(x, &[cells, channels]);
        let qkv = compute.linear(&x, &self.in_proj, Epilogue::None, None);
        let qkv = compute.reshape(&qkv, &[3 * cells, channels]);
        let rows: Vec<u32> = (0..cells as u32).map(|cell| 3 * cell + 2).collect();
        compute.select_rows(&qkv, &compute.rows(&rows))
    }
}
