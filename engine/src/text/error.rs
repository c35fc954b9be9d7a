//! Why a text cannot be used, or a tokenizer not be built.

use thiserror::Error as ThisError;

use crate::config::ConfigError;

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

/// Why a tokenizer cannot be built.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum TokenizerError {
    /// A vocabulary or a context that the configuration does not have.
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

/// A tokenizer that cannot be built.
pub(super) fn unusable(reason: &dyn std::fmt::Display) -> TokenizerError {
    TokenizerError::Damaged(reason.to_string())
}
