//! The vision transformer (paper section 2.4; `VisionTransformer` in openai/CLIP).

use burn::module::{Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{LayerNorm, LayerNormConfig};
use burn::tensor::{Device, Tensor};

use super::attention::{ResidualAttentionBlock, normal};
use crate::config::{Activation, VisionTransformerConfig};

#[derive(Module, Debug)]
pub(super) struct VisionTransformer {
    pub(super) conv1: Conv2d,
    pub(super) class_embedding: Param<Tensor<1>>,
    pub(super) positional_embedding: Param<Tensor<2>>,
    pub(super) ln_pre: LayerNorm,
    pub(super) resblocks: Vec<ResidualAttentionBlock>,
    pub(super) ln_post: LayerNorm,
    /// `[width, projection]`.
    pub(super) proj: Param<Tensor<2>>,
}

impl VisionTransformer {
    pub(super) fn init(
        config: &VisionTransformerConfig,
        activation: Activation,
        projection: usize,
        device: &Device,
    ) -> Self {
        let VisionTransformerConfig {
            patch_size,
            width,
            layers,
            heads,
            mlp_width,
            ..
        } = *config;
        let deviation = (width as f64).powf(-0.5);
        Self {
            conv1: Conv2dConfig::new([3, width], [patch_size, patch_size])
                .with_stride([patch_size, patch_size])
                .with_bias(false)
                .init(device),
            class_embedding: normal(deviation).init([width], device),
            positional_embedding: normal(deviation).init([config.positions(), width], device),
            ln_pre: LayerNormConfig::new(width).init(device),
            resblocks: (0..layers)
                .map(|_| {
                    ResidualAttentionBlock::init(
                        width, heads, mlp_width, layers, activation, device,
                    )
                })
                .collect(),
            ln_post: LayerNormConfig::new(width).init(device),
            proj: normal(deviation).init([width, projection], device),
        }
    }

    /// `[batch, 3, size, size]` to `[batch, projection]`, not normalised.
    pub(super) fn forward(&self, pixels: Tensor<4>) -> Tensor<2> {
        let patches = self
            .conv1
            .forward(pixels)
            .flatten::<3>(2, 3)
            .swap_dims(1, 2);
        let [batch, _, width] = patches.dims();
        let class = self
            .class_embedding
            .val()
            .reshape([1, 1, width])
            .expand([batch, 1, width]);
        let x = Tensor::cat(vec![class, patches], 1) + self.positional_embedding.val().unsqueeze();
        let mut x = self.ln_pre.forward(x);
        for block in &self.resblocks {
            x = block.forward(x, None);
        }
        let class = x.narrow(1, 0, 1).reshape([batch, width]);
        self.ln_post.forward(class).matmul(self.proj.val())
    }
}
