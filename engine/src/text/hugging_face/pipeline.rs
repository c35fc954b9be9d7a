//! The tokenizer of Hugging Face's checkpoints. It does what their `tokenizers` library does with a
//! CLIP's tokenizer.json, but uses only the library's byte-pair encoder. The rest of the library is
//! made for any tokenizer, and its regular expressions would be a quarter of what a browser loads.

use tokenizers::models::bpe::BPE;
use tokenizers::{AddedToken, Model};
use unicode_normalization_alignments::UnicodeNormalization;

use super::added_tokens::{AddedTokens, Part};
use crate::config::ConfigError;
use crate::text::byte_pairs::BytePairs;
use crate::text::error::{TokenizerError, unusable};
use crate::text::words::Words;

/// A step of cleaning.
pub enum NormalizerStep {
    /// Composes letters with their marks, by the library's tables of Unicode 9.
    Compose,
    /// Joins each run of white space into one space.
    JoinSpaces,
    /// Lower-cases each character by itself: a final sigma gets no special form.
    Lowercase,
}

impl NormalizerStep {
    fn apply(&self, text: &str) -> String {
        match self {
            Self::Compose => text.nfc().map(|(character, _)| character).collect(),
            Self::JoinSpaces => {
                let mut joined = String::with_capacity(text.len());
                for character in text.chars() {
                    match character.is_whitespace() {
                        false => joined.push(character),
                        true if joined.ends_with(' ') => {}
                        true => joined.push(' '),
                    }
                }
                joined
            }
            Self::Lowercase => text.chars().flat_map(char::to_lowercase).collect(),
        }
    }
}

/// The parts of a CLIP's tokenizer.json.
pub struct Parts {
    pub normalizer: Vec<NormalizerStep>,
    pub words: Words,
    pub model: BPE,
    /// The highest id of the model's tokens.
    pub highest: u32,
    pub added_tokens: Vec<AddedToken>,
    pub start: u32,
    pub end: u32,
}

/// Splits a word again, because the library applies GPT-2's pattern after CLIP's. This only matters
/// for names, which GPT-2's pattern does not have.
const WITHIN_WORDS: Words = Words {
    names: ["", ""],
    either_case: false,
    dropped: None,
};

/// A tokenizer made of [`Parts`].
pub struct HuggingFace {
    normalizer: Vec<NormalizerStep>,
    words: Words,
    model: BytePairs,
    added_tokens: AddedTokens,
    start: u32,
    end: u32,
    length: usize,
}

impl HuggingFace {
    /// Builds the tokenizer. `length` is the context length, at least 2.
    pub fn new(
        parts: Parts,
        length: usize,
        vocabulary_size: usize,
    ) -> Result<Self, TokenizerError> {
        let Parts {
            normalizer,
            words,
            model,
            highest,
            added_tokens,
            start,
            end,
        } = parts;
        let added_tokens =
            AddedTokens::new(added_tokens, &model, |text| normalized(&normalizer, text))?;
        if let Some(token) = model.get_unk_token()
            && model.token_to_id(token).is_none()
        {
            return Err(unusable(&format!("its unknown token {token} is no token")));
        }
        let ids = added_tokens.ids().chain([highest, start, end]);
        if ids.max().is_some_and(|id| (id as usize) >= vocabulary_size) {
            return Err(ConfigError {
                field: "text.vocabulary_size",
                value: vocabulary_size,
            }
            .into());
        }
        Ok(Self {
            normalizer,
            words,
            model: BytePairs::new(model),
            added_tokens,
            start,
            end,
            length,
        })
    }

    /// The start token, the tokens of `text` and the end token, and whether they were cut.
    pub fn encode(&self, text: &str) -> (Vec<u32>, bool) {
        let mut ids = vec![self.start];
        for part in self.added_tokens.exact.split(text) {
            match part {
                Part::Token(id) => ids.push(id),
                Part::Text(text) => {
                    let text = normalized(&self.normalizer, text);
                    for part in self.added_tokens.normalized.split(&text) {
                        match part {
                            Part::Token(id) => ids.push(id),
                            Part::Text(text) => self.encode_words(text, &mut ids),
                        }
                    }
                }
            }
        }
        let cut = ids.len() >= self.length;
        ids.truncate(self.length - 1);
        ids.push(self.end);
        (ids, cut)
    }

    /// Adds the tokens of `text` until there are `length` ids.
    fn encode_words(&self, text: &str, ids: &mut Vec<u32>) {
        let words = self.words.of(text);
        for word in words.flat_map(|word| WITHIN_WORDS.of(word)) {
            if ids.len() >= self.length {
                return;
            }
            self.model.encode(word, ids);
        }
    }
}

fn normalized(steps: &[NormalizerStep], text: &str) -> String {
    steps
        .iter()
        .fold(text.to_owned(), |text, step| step.apply(&text))
}
