//! The tokenizer of OpenAI's and open_clip's checkpoints, after open_clip's `SimpleTokenizer`.

use std::collections::HashSet;

use tokenizers::models::bpe::{BPE, Vocab};

use super::byte_pairs::{BytePairs, CACHED_WORDS, ordered_symbols};
use super::clean::clean;
use super::error::{TokenizerError, unusable};
use super::words::Words;
use crate::config::ConfigError;
use crate::timeline::{Stage, span};

/// A word's last symbol carries this, so that `cat` and the start of `catalogue` differ.
const END_OF_WORD: &str = "</w>";

/// Tokens besides the merges: 256 bytes, 256 bytes at a word's end, start and end.
pub(super) const FIXED_TOKENS: usize = 514;

/// The start and end tokens, which a text may spell too.
const START: &str = "<start_of_text>";
const END: &str = "<end_of_text>";

/// Python's `regex` drops U+0345: it is not a letter, but its case variants are.
const WORDS: Words = Words {
    names: [START, END],
    either_case: true,
    dropped: Some('\u{345}'),
};

pub(super) struct OpenClip {
    model: BytePairs,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl OpenClip {
    /// Builds the encoder from merges, one a line.
    pub(super) fn new(merges: &str, vocabulary_size: usize) -> Result<Self, TokenizerError> {
        let (vocabulary, merges) = vocabulary(merges)?;
        let end = match u32::try_from(vocabulary.len() + 1) {
            Ok(end) if vocabulary.len() + 2 == vocabulary_size => end,
            _ => {
                return Err(ConfigError {
                    field: "text.vocabulary_size",
                    value: vocabulary_size,
                }
                .into());
            }
        };
        let model = BPE::builder()
            .vocab_and_merges(vocabulary.into_iter().zip(0..).collect::<Vocab>(), merges)
            .end_of_word_suffix(END_OF_WORD.to_owned())
            .cache_capacity(CACHED_WORDS)
            .build()
            .map_err(|error| unusable(&error))?;
        Ok(Self {
            model: BytePairs::new(model),
            start: end - 1,
            end,
        })
    }

    /// The start token, the tokens of `text` and the end token, in at most `length` ids; and
    /// whether they were cut.
    pub(super) fn encode(&self, text: &str, length: usize) -> (Vec<u32>, bool) {
        let cleaning = span(Stage::Clean);
        let cleaned = clean(text);
        cleaning.end();
        let _pairs = span(Stage::BytePairs);
        let mut ids = vec![self.start];
        for word in WORDS.of(&cleaned) {
            if ids.len() >= length {
                break;
            }
            match word {
                START => ids.push(self.start),
                END => ids.push(self.end),
                word => self.model.encode(word, &mut ids),
            }
        }
        let cut = ids.len() >= length;
        ids.truncate(length - 1);
        ids.push(self.end);
        (ids, cut)
    }
}

/// All tokens but start and end, in the order of their ids, and the pairs that make them.
pub(super) type Vocabulary = (Vec<String>, Vec<(String, String)>);

pub(super) fn vocabulary(merges: &str) -> Result<Vocabulary, TokenizerError> {
    let mut tokens: Vec<String> = ordered_symbols().map(|(_, symbol)| symbol.into()).collect();
    tokens.extend(ordered_symbols().map(|(_, symbol)| format!("{symbol}{END_OF_WORD}")));
    debug_assert_eq!(tokens.len() + 2, FIXED_TOKENS);
    let mut known: HashSet<String> = tokens.iter().cloned().collect();
    let mut pairs = Vec::new();
    for (number, line) in merges.lines().enumerate() {
        let malformed = || unusable(&format!("merge {} joins no two known tokens", number + 1));
        let (first, second) = line.split_once(' ').ok_or_else(malformed)?;
        let merged = format!("{first}{second}");
        if !known.contains(first) || !known.contains(second) || !known.insert(merged.clone()) {
            return Err(malformed());
        }
        tokens.push(merged);
        pairs.push((first.to_owned(), second.to_owned()));
    }
    Ok((tokens, pairs))
}
