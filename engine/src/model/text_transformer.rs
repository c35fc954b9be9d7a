//! The text tower (paper section 2.4): a causal transformer read at the end token.

use glance_compute::{Compute, Epilogue, LayerNorm, Linear};

use super::attention::{BlockShape, Transformer};
use super::layers::Layers;
use super::prefixes::Prefixes;
use crate::config::ClipConfig;
use crate::error::Error;
use crate::weights::PackSource;

/// The text tower.
pub struct TextTransformer<C: Compute> {
    token_embedding: C::Matrix,
    positional_embedding: C::Tensor,
    transformer: Transformer<C>,
    ln_final: LayerNorm<C>,
    text_projection: Linear<C>,
}

impl<C: Compute> TextTransformer<C> {
    /// Loads the tower from the top of a pack.
    pub async fn load(
        layers: &Layers<'_, C, impl PackSource>,
        config: &ClipConfig,
    ) -> Result<Self, Error> {
        let text = &config.text;
        let shape = BlockShape {
            width: text.width,
            mlp_width: text.mlp_width,
            heads: text.heads,
            activation: config.activation,
            causal: true,
        };
        Ok(Self {
            token_embedding: layers
                .matrix("token_embedding.weight", text.vocabulary_size, text.width)
                .await?,
            positional_embedding: layers
                .tensor("positional_embedding", &[text.context_length, text.width])
                .await?,
            transformer: Transformer::load(&layers.under("transformer"), text.layers, shape)
                .await?,
            ln_final: layers.layer_norm("ln_final", text.width).await?,
            text_projection: layers
                .projection("text_projection", config.projection, text.width)
                .await?,
        })
    }

    /// `ids` `[batch × sequence]` to `[batch, projection]`. `ends[b]` is the position of the end
    /// token of text `b`. Tokens after it do not matter, because the mask is causal. Texts that
    /// begin alike share that part of the work.
    pub fn forward(&self, compute: &C, ids: &[u32], ends: &[u32]) -> C::Tensor {
        let x = compute.embed_tokens(
            ids,
            ends.len(),
            &self.token_embedding,
            &self.positional_embedding,
        );
        let sequence = ids.len() / ends.len().max(1);
        let rows: Vec<u32> = (0..)
            .zip(ends)
            .map(|(b, end)| b * sequence as u32 + end)
            .collect();
        let prefixes = Prefixes::of(compute, ids, ends);
        let x = self
            .transformer
            .forward_rows(compute, x, &rows, prefixes.as_ref());
        let x = compute.layer_norm(&x, &self.ln_final);
        compute.linear(&x, &self.text_projection, Epilogue::None, None)
    }
}
