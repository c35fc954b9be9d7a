//! Errors of texts and tokenizers.

use thiserror::Error as ThisError;

use crate::config::ConfigError;

/// Maximum characters of a text: far more than any caption has, and few enough to encode in
/// milliseconds.
pub const MAX_CHARACTERS: usize = 100_000;

/// Why a text cannot be used.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum TextError {
    /// More than [`MAX_CHARACTERS`] characters.
    #[error("A text of {0} characters is too long; shorten it to {MAX_CHARACTERS} or fewer.")]
    TooLong(usize),
}

/// Why a tokenizer cannot be built.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum TokenizerError {
    /// A vocabulary or context that does not fit the configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file that is not what its name says.
    #[error("The checkpoint cannot be used: its tokenizer is damaged: {0}.")]
    Damaged(String),
    /// A tokenizer of another kind.
    #[error(
        "The checkpoint cannot be used: its tokenizer is not CLIP's kind: {kind} is not supported as its {part}."
    )]
    Unsupported {
        /// The part of the tokenizer.
        part: String,
        /// What the file says it is.
        kind: String,
    },
}

/// The error for a tokenizer file that cannot be used.
pub(super) fn unusable(reason: &dyn std::fmt::Display) -> TokenizerError {
    TokenizerError::Damaged(reason.to_string())
}
