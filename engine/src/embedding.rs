//! A point of the space that pictures and texts share, and how a label fits one.

use serde::{Deserialize, Serialize};

/// A point of the shared space: unit length, `ClipConfig::projection` values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Embedding(pub Vec<f32>);

/// One label's fit to one picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Index into the labels given.
    pub label: usize,
    /// Softmax over the labels of `logit_scale × cosine`.
    pub probability: f32,
    /// Cosine of picture and label, −1 to 1.
    pub cosine: f32,
}
