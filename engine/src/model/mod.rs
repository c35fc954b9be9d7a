//! The network as the paper draws it, written once over [`crate::compute::Compute`].
//!
//! Tensor names in a pack are those of openai/CLIP `model.py`, with three differences that suit
//! one linear kernel: every matrix is `[out, in]` (`visual.proj.weight`, `text_projection.weight`
//! are transposed), kernels are `[out, kernel × kernel × in]` with the channel last, and batch
//! normalisation is folded into the convolution before it, which gains a bias.

pub mod config;
