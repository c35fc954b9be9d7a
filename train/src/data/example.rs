//! A picture and what it shows.

use super::raster::Raster;

/// A picture and what it shows.
#[derive(Debug, Clone)]
pub struct Example {
    /// Index into [`Dataset::concepts`](super::Dataset::concepts); the same name is the same
    /// concept, whoever drew it.
    pub concept: u32,
    /// The picture.
    pub raster: Raster,
    /// The name first, then keywords; lower case.
    pub phrases: Vec<String>,
    /// Whether it is a photo rather than a drawing.
    pub photo: bool,
    /// Whether its set has a share-alike licence.
    pub share_alike: bool,
}
