//! Where in a picture a label is seen.

use serde::{Deserialize, Serialize};

use super::floats::Floats;

/// How well a label fits each region of a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Regions {
    /// Regions one below the other.
    pub rows: u32,
    /// Regions side by side.
    pub columns: u32,
    /// `[rows, columns]`: the cosine of the region and the label, less the mean cosine of the region and
    /// the other labels; −2 to 2.
    pub scores: Floats,
    /// What the regions divide evenly.
    pub square: Square,
}

/// Where the square that a model sees lies on an upright picture, as fractions of the picture's width
/// and height. It reaches beyond 0 and 1 where the picture does not cover it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Square {
    /// Its left edge.
    pub left: f32,
    /// Its upper edge.
    pub top: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
}
