//! The header of a pack, which describes the model.

use safetensors::tensor::Dtype;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::ClipConfig;
use crate::image::Preprocessing;
use crate::weights::error::WeightsError;

/// The key of the safetensors metadata that holds a [`PackHeader`] as JSON.
pub(crate) const METADATA_KEY: &str = "glance";
pub(super) const FORMAT: u32 = 1;
/// Bytes of a piece, which has one hash. The last may be shorter.
pub(super) const PIECE: usize = 1 << 20;

/// The header of a pack, which describes the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackHeader {
    /// Version of this layout.
    pub format: u32,
    /// Display name, such as `CLIP ViT-B/32`.
    pub name: String,
    /// SPDX expression of the weights' licence, if it is known.
    pub license: Option<String>,
    /// The network's configuration.
    pub config: ClipConfig,
    /// How pictures become input.
    pub preprocessing: Preprocessing,
    /// How strings become tokens.
    pub tokenizer: TokenizerSpec,
    /// SHA-256, in hexadecimal, of each piece of 1 MiB of the data after the header.
    pub pieces: Vec<String>,
}

/// How strings become tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TokenizerSpec {
    /// OpenAI's and open_clip's byte-pair encoding. The tensor `tokenizer.merges` is UTF-8, one
    /// merge a line, most frequent first. The vocabulary follows from it as in
    /// `simple_tokenizer.py`: 256 bytes, 256 bytes at a word's end, the merges, then the start and
    /// end tokens.
    ClipBpe,
    /// Hugging Face's. The tensor `tokenizer.json` is the file of that name, or a compact form of
    /// it.
    HuggingFace {
        /// The pooled token, from the checkpoint's configuration.
        eos_token_id: u32,
    },
}

/// The data of a pack's tokenizer.
#[derive(Clone, Copy, Debug)]
pub enum TokenizerData<'a> {
    /// As [`TokenizerSpec::ClipBpe`].
    ClipBpe {
        /// The merges, one a line.
        merges: &'a str,
    },
    /// As [`TokenizerSpec::HuggingFace`].
    HuggingFace {
        /// The file `tokenizer.json`.
        json: &'a [u8],
        /// The pooled token.
        eos_token_id: u32,
    },
}

impl TokenizerData<'_> {
    pub(super) fn spec(self) -> TokenizerSpec {
        match self {
            Self::ClipBpe { .. } => TokenizerSpec::ClipBpe,
            Self::HuggingFace { eos_token_id, .. } => TokenizerSpec::HuggingFace { eos_token_id },
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::ClipBpe { merges } => merges.as_bytes(),
            Self::HuggingFace { json, .. } => json,
        }
    }
}

impl TokenizerSpec {
    /// The tensor that holds the bytes.
    pub(super) fn tensor(&self) -> &'static str {
        match self {
            Self::ClipBpe => "tokenizer.merges",
            Self::HuggingFace { .. } => "tokenizer.json",
        }
    }
}

/// The hash of each piece of a pack's data.
pub(super) fn piece_hashes(data: &[u8]) -> impl ExactSizeIterator<Item = String> {
    data.chunks(PIECE)
        .map(|piece| hexadecimal(&Sha256::digest(piece)))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn wrong_type(name: &str, found: Dtype) -> WeightsError {
    WeightsError::Type {
        name: name.to_owned(),
        found: format!("{found:?}"),
    }
}
