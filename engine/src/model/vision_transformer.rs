//! The vision transformer (paper section 2.4; `VisionTransformer` in openai/CLIP `model.py`): a
//! transformer over patches, with one more normalisation before the first block.

use glance_compute::{Compute, Conv2d, Epilogue, LayerNorm, LeadingRow, Linear};

use super::attention::{BlockShape, Transformer};
use super::layers::Layers;
use crate::config::{Activation, VisionTransformerConfig};
use crate::error::Error;
use crate::weights::PackSource;

/// The image tower of the ViT models.
pub struct VisionTransformer<C: Compute> {
    conv1: Conv2d<C>,
    class_embedding: C::Tensor,
    positional_embedding: C::Tensor,
    ln_pre: LayerNorm<C>,
    transformer: Transformer<C>,
    ln_post: LayerNorm<C>,
    proj: Linear<C>,
}

impl<C: Compute> VisionTransformer<C> {
    /// Loads the tower from `visual`.
    pub async fn load(
        layers: &Layers<'_, C, impl PackSource>,
        config: &VisionTransformerConfig,
        activation: Activation,
        projection: usize,
    ) -> Result<Self, Error> {
        let width = config.width;
        let shape = BlockShape {
            width,
            mlp_width: config.mlp_width,
            heads: config.heads,
            activation,
            causal: false,
        };
        Ok(Self {
            conv1: Conv2d {
                linear: layers
                    .projection("conv1", width, config.patch_size * config.patch_size * 3)
                    .await?,
                kernel: config.patch_size,
                stride: config.patch_size,
                padding: [0; 2],
            },
            class_embedding: layers.tensor("class_embedding", &[width]).await?,
            positional_embedding: layers
                .tensor("positional_embedding", &[config.positions(), width])
                .await?,
            ln_pre: layers.layer_norm("ln_pre", width).await?,
            transformer: Transformer::load(&layers.under("transformer"), config.layers, shape)
                .await?,
            ln_post: layers.layer_norm("ln_post", width).await?,
            proj: layers.projection("proj", projection, width).await?,
        })
    }

    /// `[batch, size, size, 3]` to the normalised class tokens `[batch, width]`.
    pub fn features(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        let x = self.tokens(compute, pixels);
        let [batch, positions, _] = compute.shape(&x)[..] else {
            unreachable!("tokens are in sequences");
        };
        let rows: Vec<u32> = (0..batch).map(|index| (index * positions) as u32).collect();
        let class = self.transformer.forward_rows(compute, x, &rows, None);
        compute.layer_norm(&class, &self.ln_post)
    }

    /// `[1, size, size, 3]` to the picture's patches in the shared space, `[patches, projection]`.
    pub fn regions(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        let x = self.tokens(compute, pixels);
        let positions = compute.shape(&x)[1];
        let x = self.transformer.forward_regions(compute, x);
        let patches: Vec<u32> = (1..positions as u32).collect();
        let x = compute.select_rows(&x, &compute.rows(&patches));
        self.project(compute, &compute.layer_norm(&x, &self.ln_post))
    }

    /// `[batch, size, size, 3]` to the first block's input `[batch, positions, width]`, the class
    /// token first.
    fn tokens(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        let x = compute.conv2d(pixels, &self.conv1, Epilogue::None, None);
        let [batch, down, across, width] = compute.shape(&x)[..] else {
            unreachable!("a convolution gives pictures");
        };
        let x = compute.reshape(&x, &[batch, down * across, width]);
        let class = LeadingRow::Learned(&self.class_embedding);
        let x = compute.prepend(&x, class, &self.positional_embedding);
        compute.layer_norm(&x, &self.ln_pre)
    }

    /// `[rows, width]` to `[rows, projection]`.
    pub fn project(&self, compute: &C, features: &C::Tensor) -> C::Tensor {
        compute.linear(features, &self.proj, Epilogue::None, None)
    }
}
