//! Strings to tokens: cleaning, byte-pair encoding, prompt templates.

use thiserror::Error as ThisError;

use crate::weights::WeightsError;

mod added_tokens;
mod byte_pairs;
mod clean;
mod ftfy;
mod html;
mod hugging_face;
#[cfg(not(target_arch = "wasm32"))]
mod merges;
mod open_clip;
mod pattern;
mod prompt;
mod templates;
mod tokenizer;
mod tokenizer_json;
mod vocabulary_files;
mod words;

#[cfg(not(target_arch = "wasm32"))]
pub use merges::openai_merges;
pub use prompt::{fill_template, prompts};
pub use templates::{imagenet_7_templates, imagenet_80_templates};
pub use tokenizer::{Tokenizer, Tokens};
pub use tokenizer_json::compact_tokenizer_json;
pub use vocabulary_files::{openai_tokenizer_json, tokenizer_json};

/// Characters a text may have before it is refused. Far beyond any caption, and few enough that
/// encoding one stays a matter of milliseconds.
pub const MAX_CHARACTERS: usize = 100_000;

/// Why a text cannot be used.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum TextError {
    /// Longer than any caption can be.
    #[error("A text of {0} characters is too long; shorten it to {MAX_CHARACTERS} or fewer.")]
    TooLong(usize),
}

/// A tokenizer that cannot be built.
fn unusable(reason: &dyn std::fmt::Display) -> WeightsError {
    WeightsError::Checkpoint(format!("its tokenizer is damaged: {reason}"))
}
