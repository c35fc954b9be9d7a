//! Strings to tokens: cleaning, byte-pair encoding, prompt templates.

use thiserror::Error as ThisError;

use crate::model::config::TextConfig;
use crate::weights::WeightsError;

/// Why a text cannot be used.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum TextError {
    /// Longer than any caption can be.
    #[error("A text of {0} characters is too long; shorten it.")]
    TooLong(usize),
}

/// The token ids of one text, start and end tokens included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// At most the context length of them; the last is the end token.
    pub ids: Vec<u32>,
    /// Whether the text was cut to fit.
    pub truncated: bool,
}

/// CLIP's byte-pair encoder.
pub struct Tokenizer {
    context_length: usize,
}

impl Tokenizer {
    /// Builds the encoder from the merges of a pack, one a line.
    ///
    /// # Errors
    /// [`WeightsError`] where the merges and the vocabulary size disagree.
    pub fn new(merges: &str, config: &TextConfig) -> Result<Self, WeightsError> {
        let _ = merges;
        Ok(Self { context_length: config.context_length })
    }

    /// Cleans and encodes one text, cutting it at the context length with the end token kept.
    ///
    /// # Errors
    /// [`TextError::TooLong`].
    pub fn encode(&self, text: &str) -> Result<Tokens, TextError> {
        let _ = (text, self.context_length);
        todo!()
    }
}

/// Puts `label` in place of every `{}` of `template`; a template without one is followed by it.
pub fn fill_template(template: &str, label: &str) -> String {
    let _ = (template, label);
    todo!()
}
