//! The residual attention block of both transformers (`ResidualAttentionBlock` in openai/CLIP
//! `model.py`): normalisation first, as in GPT-2.

use glance_compute::{Compute, Epilogue, LayerNorm, Linear};

use super::layers::Layers;
use super::prefixes::Prefixes;
use crate::config::Activation;
use crate::error::Error;
use crate::weights::PackSource;

/// Batches to warm up with: one, and many, for which a device may use other kernels.
const WARM_UP_BATCHES: [usize; 2] = [1, 64];
/// Positions of a short prompt, or of a picture with few patches.
const WARM_UP_SEQUENCE: usize = 50;

/// The shape of the blocks of one transformer.
#[derive(Clone, Copy)]
pub struct BlockShape {
    /// Channels of the residual stream.
    pub width: usize,
    /// Hidden channels of the MLP.
    pub mlp_width: usize,
    /// Attention heads.
    pub heads: usize,
    /// Activation of the MLP.
    pub activation: Activation,
    /// Whether a position sees only itself and those before it.
    pub causal: bool,
}

/// A stack of residual attention blocks.
pub struct Transformer<C: Compute> {
    blocks: Vec<ResidualAttentionBlock<C>>,
}

impl<C: Compute> Transformer<C> {
    /// Loads `resblocks.0` to `resblocks.{count − 1}`.
    pub async fn load(
        layers: &Layers<'_, C, impl PackSource>,
        count: usize,
        shape: BlockShape,
    ) -> Result<Self, Error> {
        let mut blocks = Vec::with_capacity(count);
        for index in 0..count {
            let layers = layers.under(&format!("resblocks.{index}"));
            let block = ResidualAttentionBlock::load(&layers, shape).await?;
            if index == 0 {
                // The other blocks need the same kernels, and their weights have not arrived yet.
                layers.compute().warm_up(|compute| {
                    for batch in WARM_UP_BATCHES {
                        let x = compute.tensor(&[batch, WARM_UP_SEQUENCE, shape.width], &[]);
                        block.forward(compute, &x, None);
                        block.forward_rows(compute, &x, &vec![0; batch], None);
                    }
                });
            }
            blocks.push(block);
        }
        Ok(Self { blocks })
    }

    /// `[batch, sequence, width]` to `[rows, width]`: the last block's output at the positions
    /// `rows` of the batch. A CLIP tower reads no others.
    ///
    /// `prefixes` that sequences share are computed once. The blocks must then be causal.
    pub fn forward_rows(
        &self,
        compute: &C,
        x: C::Tensor,
        rows: &[u32],
        prefixes: Option<&Prefixes<C>>,
    ) -> C::Tensor {
        let Some((last, others)) = self.blocks.split_last() else {
            return compute.select_rows(&x, &compute.rows(rows));
        };
        let x = match prefixes {
            Some(prefixes) => prefixes.gather(compute, &x),
            None => x,
        };
        let x = others
            .iter()
            .fold(x, |x, block| block.forward(compute, &x, prefixes));
        last.forward_rows(compute, &x, rows, prefixes)
    }

    /// `[batch, sequence, width]` to the same: [`ResidualAttentionBlock::look_around`] in the last
    /// block, after all others.
    pub fn forward_regions(&self, compute: &C, x: C::Tensor) -> C::Tensor {
        let Some((last, others)) = self.blocks.split_last() else {
            return x;
        };
        let blocks = others.iter();
        let x = blocks.fold(x, |x, block| block.forward(compute, &x, None));
        last.look_around(compute, &x)
    }
}

/// `x + attention(norm(x))`, and then `x + mlp(norm(x))`.
pub struct ResidualAttentionBlock<C: Compute> {
    ln_1: LayerNorm<C>,
    in_proj: Linear<C>,
    out_proj: Linear<C>,
    ln_2: LayerNorm<C>,
    c_fc: Linear<C>,
    c_proj: Linear<C>,
    heads: usize,
    causal: bool,
    activation: Epilogue,
}

impl<C: Compute> ResidualAttentionBlock<C> {
    async fn load(
        layers: &Layers<'_, C, impl PackSource>,
        shape: BlockShape,
    ) -> Result<Self, Error> {
        let BlockShape {
            width, mlp_width, ..
        } = shape;
        // In the order in which they are stored, so that each piece of a pack is read once.
        let ln_1 = layers.layer_norm("ln_1", width).await?;
        let in_proj = layers.linear("attn.in_proj", 3 * width, width).await?;
        let out_proj = layers.linear("attn.out_proj", width, width).await?;
        let ln_2 = layers.layer_norm("ln_2", width).await?;
        let c_fc = layers.linear("mlp.c_fc", mlp_width, width).await?;
        let c_proj = layers.linear("mlp.c_proj", width, mlp_width).await?;
        let linears = [in_proj, out_proj, c_fc, c_proj];
        Ok(Self::of(shape, [ln_1, ln_2], linears))
    }

    /// Assembles a block from its layers.
    pub fn of(
        shape: BlockShape,
        [ln_1, ln_2]: [LayerNorm<C>; 2],
        [in_proj, out_proj, c_fc, c_proj]: [Linear<C>; 4],
    ) -> Self {
        Self {
            ln_1,
            in_proj,
            out_proj,
            ln_2,
            c_fc,
            c_proj,
            heads: shape.heads,
            causal: shape.causal,
            activation: match shape.activation {
                Activation::QuickGelu => Epilogue::QuickGelu,
                Activation::Gelu => Epilogue::Gelu,
            },
        }
    }

    /// `[batch, sequence, width]` to the same, or `[prefixes, width]` to the same if prefixes are
    /// shared.
    pub fn forward(&self, compute: &C, x: &C::Tensor, prefixes: Option<&Prefixes<C>>) -> C::Tensor {
        let attended = self.attended(compute, x, prefixes);
        let attended = match prefixes {
            Some(prefixes) => prefixes.gather(compute, &attended),
            None => attended,
        };
        self.after_attention(compute, x, &attended)
    }

    /// The output of [`forward`](Self::forward) at the positions `rows` of the batch,
    /// `[rows, width]`. The other positions only take part in attention.
    pub fn forward_rows(
        &self,
        compute: &C,
        x: &C::Tensor,
        rows: &[u32],
        prefixes: Option<&Prefixes<C>>,
    ) -> C::Tensor {
        let attended = self.attended(compute, x, prefixes);
        let attended = compute.select_rows(&attended, &compute.rows(rows));
        let x = match prefixes {
            Some(prefixes) => compute.select_rows(x, &compute.rows(&prefixes.rows(rows))),
            None => compute.select_rows(x, &compute.rows(rows)),
        };
        self.after_attention(compute, &x, &attended)
    }

    /// `[batch, sequence, width]` to the same: attention alone, in which a position sees those whose
    /// queries are like its own. Without the residual and the MLP, a position says what is there
    /// and not what the whole picture shows (ClearCLIP, Lan et al. 2024,
    /// <https://arxiv.org/abs/2407.12442>, section 3.3).
    pub fn look_around(&self, compute: &C, x: &C::Tensor) -> C::Tensor {
        let shape = compute.shape(x);
        let (positions, width) = (shape[0] * shape[1], shape[2]);
        let normed = compute.layer_norm(x, &self.ln_1);
        let qkv = compute.linear(&normed, &self.in_proj, Epilogue::None, None);
        // Query, key and value are three rows each; queries take the keys' place.
        let qkv = compute.reshape(&qkv, &[3 * positions, width]);
        let rows =
            (0..positions as u32).flat_map(|position| [0, 0, 2].map(|part| 3 * position + part));
        let qqv = compute.select_rows(&qkv, &compute.rows(&rows.collect::<Vec<u32>>()));
        let qqv = compute.reshape(&qqv, &[shape[0], shape[1], 3 * width]);
        let attended = compute.attention(&qqv, self.heads, false);
        compute.linear(&attended, &self.out_proj, Epilogue::None, None)
    }

    /// Attention at every position, `[batch, sequence, width]`.
    fn attended(&self, compute: &C, x: &C::Tensor, prefixes: Option<&Prefixes<C>>) -> C::Tensor {
        let normed = compute.layer_norm(x, &self.ln_1);
        let qkv = compute.linear(&normed, &self.in_proj, Epilogue::None, None);
        let qkv = match prefixes {
            Some(prefixes) => prefixes.spread(compute, &qkv),
            None => qkv,
        };
        compute.attention(&qkv, self.heads, self.causal)
    }

    fn after_attention(&self, compute: &C, x: &C::Tensor, attended: &C::Tensor) -> C::Tensor {
        let x = compute.linear(attended, &self.out_proj, Epilogue::None, Some(x));
        let normed = compute.layer_norm(&x, &self.ln_2);
        let hidden = compute.linear(&normed, &self.c_fc, self.activation, None);
        compute.linear(&hidden, &self.c_proj, Epilogue::None, Some(&x))
    }
}
