//! The network of the paper, generic over [`glance_compute::Compute`].
//!
//! Tensor names in a pack are those of openai/CLIP `model.py`, with three differences that suit
//! one linear kernel: every matrix is `[out, in]` (`visual.proj.weight`, `text_projection.weight`
//! are transposed), kernels are `[out, kernel × kernel × in]` with the channel last, and batch
//! normalisation is folded into the convolution before it, which gains a bias.
//!
//! Matrices are stored in the pack's weight type, everything else is an f32 vector.
//! `{weight, bias}` stands for two tensors, `{i}` counts from 0. Packs are written and networks
//! loaded in the order of these tables, so a model can load while it downloads.
//!
//! | text tower and scale | shape |
//! |---|---|
//! | `token_embedding.weight` (matrix) | `[vocabulary, width]` |
//! | `positional_embedding` | `[context, width]` |
//! | `transformer.resblocks.{i}.` … | a residual attention block, below |
//! | `ln_final.{weight, bias}` | `[width]` |
//! | `text_projection.weight` (matrix) | `[projection, width]` |
//! | `logit_scale` | `[1]`, the natural logarithm of the scale |
//!
//! | residual attention block | shape |
//! |---|---|
//! | `ln_1.{weight, bias}` | `[width]` |
//! | `attn.in_proj.weight` (matrix), `.bias` | `[3 × width, width]`: query, key, value; `[3 × width]` |
//! | `attn.out_proj.weight` (matrix), `.bias` | `[width, width]`, `[width]` |
//! | `ln_2.{weight, bias}` | `[width]` |
//! | `mlp.c_fc.weight` (matrix), `.bias` | `[mlp_width, width]`, `[mlp_width]` |
//! | `mlp.c_proj.weight` (matrix), `.bias` | `[width, mlp_width]`, `[width]` |
//!
//! | vision transformer | shape |
//! |---|---|
//! | `visual.conv1.weight` (matrix) | `[width, patch × patch × 3]`: row, column, channel |
//! | `visual.class_embedding` | `[width]` |
//! | `visual.positional_embedding` | `[positions, width]`, the class token first |
//! | `visual.ln_pre.{weight, bias}` | `[width]` |
//! | `visual.transformer.resblocks.{i}.` … | a residual attention block |
//! | `visual.ln_post.{weight, bias}` | `[width]` |
//! | `visual.proj.weight` (matrix) | `[projection, width]` |
//!
//! | modified ResNet of width `w` | shape |
//! |---|---|
//! | `visual.conv{1, 2, 3}.weight` (matrix), `.bias` | 3 × 3 kernels, 3 → w/2 → w/2 → w channels |
//! | `visual.layer{s}.{i}.conv{1, 2, 3}.weight` (matrix), `.bias` | stage s of 1 to 4, planes p = 2ˢ⁻¹ w: 1 × 1 to p, 3 × 3 to p, 1 × 1 to 4 p |
//! | `visual.layer{s}.0.downsample.weight` (matrix), `.bias` | 1 × 1 to 4 p, in the first block of a stage |
//! | `visual.attnpool.positional_embedding` | `[positions, 32 w]`, the mean first |
//! | `visual.attnpool.in_proj.weight` (matrix), `.bias` | `[96 w, 32 w]`: query, key, value; `[96 w]` |
//! | `visual.attnpool.c_proj.weight` (matrix), `.bias` | `[projection, 32 w]`, `[projection]` |
//!
//! | EfficientNet-lite | shape |
//! |---|---|
//! | `visual.conv_stem.weight` (matrix), `.bias` | a 3 × 3 kernel, 3 → stem channels |
//! | `visual.blocks.{i}.expand_conv.weight` (matrix), `.bias` | 1 × 1 to `h` channels; none if a block's expansion is 1 |
//! | `visual.blocks.{i}.depthwise_conv.weight` (matrix), `.bias` | `[h, kernel × kernel]`: row, column; `[h]` |
//! | `visual.blocks.{i}.project_conv.weight` (matrix), `.bias` | 1 × 1 to the stage's channels |
//! | `visual.conv_head.weight` (matrix), `.bias` | 1 × 1 to head channels |
//! | `visual.proj.weight` (matrix), `.bias` | `[projection, head]`, `[projection]` |

mod attention;
mod efficientnet_lite;
mod layers;
mod modified_resnet;
mod network;
mod prefixes;
mod reads;
mod sample;
mod text_transformer;
mod vision_transformer;

#[cfg(feature = "burn")]
pub(crate) use efficientnet_lite::same_padding;
pub use network::{ImageTower, Network};
pub(crate) use sample::Sample;
