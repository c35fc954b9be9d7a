//! Embeddings of pictures and texts, and scores of labels.

use serde::{Deserialize, Serialize};

/// A point of the space that pictures and texts share: a unit vector of `ClipConfig::projection`
/// values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Embedding(pub Vec<f32>);

/// The score of one label for one picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Index of the label.
    pub label: usize,
    /// Softmax over the labels of `logit_scale × cosine`.
    pub probability: f32,
    /// Cosine of picture and label, −1 to 1.
    pub cosine: f32,
}
