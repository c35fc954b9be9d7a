//! What a pack says about itself.

use safetensors::tensor::Dtype;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::WeightsError;
use crate::image::Preprocessing;
use crate::model::config::ClipConfig;

/// The key of the safetensors metadata that holds a [`PackHeader`] as JSON.
pub(crate) const METADATA_KEY: &str = "glance";
pub(super) const FORMAT: u32 = 1;
pub(super) const MERGES: &str = "tokenizer.merges";
/// Bytes under one hash. The last piece may be shorter.
pub(super) const PIECE: usize = 1 << 20;

/// What a pack says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackHeader {
    /// Version of this layout.
    pub format: u32,
    /// A name for people, such as `CLIP ViT-B/32`.
    pub name: String,
    /// SPDX expression of the weights' licence, where it is known.
    pub license: Option<String>,
    /// The network.
    pub config: ClipConfig,
    /// How pictures become input.
    pub preprocessing: Preprocessing,
    /// How strings become tokens.
    pub tokenizer: TokenizerSpec,
    /// SHA-256, in hexadecimal, of each piece of 1 MiB of the data after the header.
    pub pieces: Vec<String>,
}

/// How strings become tokens. The merges are the tensor `tokenizer.merges`: UTF-8, one a line,
/// most frequent first. The vocabulary follows from them as in OpenAI's `simple_tokenizer.py`:
/// 256 bytes, 256 bytes at a word's end, the merges, then the start and end tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TokenizerSpec {
    /// CLIP's byte-pair encoding.
    ClipBpe,
}

/// The hash of each piece of a pack's data.
pub(super) fn piece_hashes(data: &[u8]) -> impl ExactSizeIterator<Item = String> {
    let hexadecimal = |piece: &[u8]| {
        let digest = Sha256::digest(piece);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    data.chunks(PIECE).map(hexadecimal)
}

pub(super) fn wrong_type(name: &str, found: Dtype) -> WeightsError {
    WeightsError::Type {
        name: name.to_owned(),
        found: format!("{found:?}"),
    }
}
