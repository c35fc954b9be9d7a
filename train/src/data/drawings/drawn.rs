//! Drawn pictures, and counts of what was left out.

use serde::{Deserialize, Serialize};

use crate::data::raster::Raster;

/// A named picture.
#[derive(Debug)]
pub struct Drawn {
    pub phrases: Vec<String>,
    pub held_out: bool,
    pub share_alike: bool,
    pub raster: Raster,
}

/// How many icons of a set were drawn or left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetReport {
    /// The npm package.
    pub package: String,
    /// Its licence (SPDX).
    pub license: String,
    /// Pictures drawn and kept.
    pub drawn: usize,
    /// Left out: variants by skin tone.
    pub skin_tones: usize,
    /// Left out: renamed or withdrawn icons.
    pub hidden: usize,
    /// Left out: almost identical to the held-out set's.
    pub lookalikes: usize,
    /// Left out: without a meaningful name.
    pub unnamed: usize,
    /// Left out: failed to draw, or almost empty.
    pub empty: usize,
}
