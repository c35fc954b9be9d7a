//! The causal text tower (paper section 2.4).

use burn::module::{Module, Param};
use burn::nn::{Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig};
use burn::tensor::{Device, Int, Tensor};

use super::attention::{ResidualAttentionBlock, normal};
use crate::config::{Activation, TextConfig};

#[derive(Module, Debug)]
pub(super) struct TextTransformer {
    pub(super) token_embedding: Embedding,
    pub(super) positional_embedding: Param<Tensor<2>>,
    pub(super) resblocks: Vec<ResidualAttentionBlock>,
    pub(super) ln_final: LayerNorm,
    /// `[width, projection]`.
    pub(super) text_projection: Param<Tensor<2>>,
}

impl TextTransformer {
    pub(super) fn init(
        config: &TextConfig,
        activation: Activation,
        projection: usize,
        device: &Device,
    ) -> Self {
        let TextConfig {
            context_length,
            vocabulary_size,
            width,
            layers,
            heads,
            mlp_width,
        } = *config;
        Self {
            token_embedding: EmbeddingConfig::new(vocabulary_size, width)
                .with_initializer(normal(0.02))
                .init(device),
            positional_embedding: normal(0.01).init([context_length, width], device),
            resblocks: (0..layers)
                .map(|_| {
                    ResidualAttentionBlock::init(
                        width, heads, mlp_width, layers, activation, device,
                    )
                })
                .collect(),
            ln_final: LayerNormConfig::new(width).init(device),
            text_projection: normal((width as f64).powf(-0.5)).init([width, projection], device),
        }
    }

    /// Tokens `[batch, sequence]` with ends `[batch]` to `[batch, projection]`, not normalised.
    pub(super) fn forward(&self, ids: Tensor<2, Int>, ends: Tensor<1, Int>) -> Tensor<2> {
        let [batch, sequence] = ids.dims();
        let device = ids.device();
        let positions = self.positional_embedding.val().narrow(0, 0, sequence);
        let mut x = self.token_embedding.forward(ids) + positions.unsqueeze();
        let mask = Tensor::<2, burn::tensor::Bool>::tril_mask([sequence, sequence], 0, &device);
        for block in &self.resblocks {
            x = block.forward(x, Some(mask.clone()));
        }
        let width = x.dims()[2];
        let starts = Tensor::<1, Int>::arange(0..batch as i64, &device) * sequence as i64;
        let pooled = x
            .reshape([batch * sequence, width])
            .select(0, starts + ends);
        self.ln_final
            .forward(pooled)
            .matmul(self.text_projection.val())
    }
}
