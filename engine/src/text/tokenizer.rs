//! CLIP's byte-pair encoder, after OpenAI's `simple_tokenizer.py`.

use std::collections::HashSet;

use tokenizers::models::bpe::BPE;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::tokenizer::{
    Model, OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer, SplitDelimiterBehavior,
};

use super::clean::clean;
use super::{MAX_CHARACTERS, TextError};
use crate::model::config::TextConfig;
use crate::weights::WeightsError;

/// A word's last symbol carries this, so that `cat` and the start of `catalogue` differ.
const END_OF_WORD: &str = "</w>";

/// Tokens besides the merges: 256 bytes, 256 bytes at a word's end, start and end.
const FIXED_TOKENS: usize = 514;

/// English contractions, runs of letters, single digits, and runs of everything else. OpenAI's
/// pattern begins with the names of the start and end tokens; here a text that spells them is
/// only text, as in open_clip, so no label can end its own caption.
const WORDS: &str = r"(?i)'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

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
    words: Split,
    bytes: ByteLevel,
    model: BPE,
    start: u32,
    end: u32,
    context_length: usize,
}

impl Tokenizer {
    /// Builds the encoder from the merges of a pack, one a line.
    ///
    /// # Errors
    /// [`WeightsError`] where the merges and the vocabulary size disagree, or where a merge joins
    /// tokens that do not exist yet.
    pub fn new(merges: &str, config: &TextConfig) -> Result<Self, WeightsError> {
        if config.context_length < 2 {
            let value = config.context_length;
            return Err(WeightsError::Config {
                field: "text.context_length",
                value,
            });
        }
        let (vocabulary, merges) = vocabulary(merges)?;
        let size = vocabulary.len() + 2;
        let value = config.vocabulary_size;
        let end = match u32::try_from(size - 1) {
            Ok(end) if size == value => end,
            _ => {
                return Err(WeightsError::Config {
                    field: "text.vocabulary_size",
                    value,
                });
            }
        };
        let ids = vocabulary
            .into_iter()
            .zip(0..)
            .collect::<Vec<(String, u32)>>();
        let model = BPE::builder()
            .vocab_and_merges(
                ids.into_iter().collect::<tokenizers::models::bpe::Vocab>(),
                merges,
            )
            .end_of_word_suffix(END_OF_WORD.to_owned())
            .build()
            .map_err(|error| unusable(&error))?;
        let words = Split::new(
            SplitPattern::Regex(WORDS.to_owned()),
            SplitDelimiterBehavior::Removed,
            true,
        )
        .map_err(|error| unusable(&error))?;
        Ok(Self {
            words,
            bytes: ByteLevel::new(false, true, false),
            model,
            start: end - 1,
            end,
            context_length: config.context_length,
        })
    }

    /// Cleans and encodes one text, cutting it at the context length with the end token kept.
    ///
    /// # Errors
    /// [`TextError::TooLong`].
    pub fn encode(&self, text: &str) -> Result<Tokens, TextError> {
        let characters = text.chars().count();
        if characters > MAX_CHARACTERS {
            return Err(TextError::TooLong(characters));
        }
        let mut pieces = PreTokenizedString::from(clean(text));
        self.words
            .pre_tokenize(&mut pieces)
            .expect("splitting by a valid pattern cannot fail");
        self.bytes
            .pre_tokenize(&mut pieces)
            .expect("every byte has a symbol");
        let mut ids = vec![self.start];
        let room = self.context_length - 1;
        for (piece, _, _) in pieces.get_splits(OffsetReferential::Original, OffsetType::None) {
            if ids.len() > room {
                break;
            }
            let tokens = self
                .model
                .tokenize(piece)
                .expect("every symbol is in the vocabulary");
            ids.extend(tokens.iter().map(|token| token.id));
        }
        let truncated = ids.len() > room;
        ids.truncate(room);
        ids.push(self.end);
        Ok(Tokens { ids, truncated })
    }
}

/// All tokens but start and end, in the order of their ids, and the pairs that make them.
type Vocabulary = (Vec<String>, Vec<(String, String)>);

fn vocabulary(merges: &str) -> Result<Vocabulary, WeightsError> {
    let mut tokens: Vec<String> = byte_symbols().map(String::from).collect();
    tokens.extend(byte_symbols().map(|symbol| format!("{symbol}{END_OF_WORD}")));
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

/// The printable stand-ins of the 256 bytes, in `bytes_to_unicode`'s order: bytes that print stand
/// for themselves, the other 68 are moved up to U+0100 and beyond.
fn byte_symbols() -> impl Iterator<Item = char> {
    ('!'..='~')
        .chain('¡'..='¬')
        .chain('®'..='ÿ')
        .chain('\u{100}'..='\u{143}')
}

fn unusable(reason: &dyn std::fmt::Display) -> WeightsError {
    WeightsError::Checkpoint(format!("its tokenizer is damaged: {reason}"))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::text::openai_merges;

    fn tokenizer(merges: usize, context_length: usize) -> Tokenizer {
        Tokenizer::new(
            openai_merges(merges),
            &config(merges + FIXED_TOKENS, context_length),
        )
        .expect("OpenAI's merges are sound")
    }

    fn config(vocabulary_size: usize, context_length: usize) -> TextConfig {
        TextConfig {
            context_length,
            vocabulary_size,
            width: 64,
            layers: 1,
            heads: 1,
            mlp_width: 256,
        }
    }

    #[test]
    fn bytes_map_to_their_symbols_in_order() {
        let symbols: Vec<char> = byte_symbols().collect();
        assert_eq!(symbols.len(), 256);
        let mut bytes = ByteLevel::alphabet().into_iter().collect::<Vec<char>>();
        bytes.sort_unstable();
        assert_eq!(symbols, bytes);
    }

    #[test]
    fn a_word_gets_the_ids_of_openai() {
        let tokens = tokenizer(48_894, 77).encode("a photo of a cat").unwrap();
        assert_eq!(tokens.ids, [49406, 320, 1125, 539, 320, 2368, 49407]);
        assert!(!tokens.truncated);
    }

    #[test]
    fn long_text_is_cut_with_the_end_token_kept() {
        let tokenizer = tokenizer(100, 16);
        let exact = tokenizer.encode(&"9".repeat(14)).unwrap();
        assert_eq!((exact.ids.len(), exact.truncated), (16, false));
        let over = tokenizer.encode(&"9".repeat(15)).unwrap();
        assert_eq!(
            over,
            Tokens {
                ids: exact.ids,
                truncated: true
            }
        );
    }

    #[test]
    fn a_label_of_ten_thousand_characters_is_cut() {
        for label in [
            "x".repeat(10_000),
            "cat ".repeat(2_500),
            "🐱".repeat(10_000),
        ] {
            let tokens = tokenizer(48_894, 77).encode(&label).unwrap();
            assert_eq!((tokens.ids.len(), tokens.truncated), (77, true));
            assert_eq!(tokens.ids.last(), Some(&49407));
        }
    }

    #[test]
    fn no_text_makes_a_control_token() {
        let tokens = tokenizer(48_894, 77)
            .encode("<|endoftext|> <|startoftext|>")
            .unwrap();
        let inner = &tokens.ids[1..tokens.ids.len() - 1];
        assert!(!inner.is_empty() && inner.iter().all(|id| *id < 49406));
    }

    #[test]
    fn empty_and_invisible_texts_are_start_and_end() {
        for text in ["", " \n", "\0\u{1}", "\u{7f}"] {
            assert_eq!(tokenizer(0, 8).encode(text).unwrap().ids, [512, 513]);
        }
    }

    #[test]
    fn text_beyond_the_bound_is_refused() {
        let tokenizer = tokenizer(100, 8);
        assert!(tokenizer.encode(&"é".repeat(MAX_CHARACTERS)).is_ok());
        assert!(matches!(
            tokenizer.encode(&"é".repeat(MAX_CHARACTERS + 1)),
            Err(TextError::TooLong(count)) if count == MAX_CHARACTERS + 1
        ));
    }

    #[test]
    fn merges_and_vocabulary_must_agree() {
        for (merges, size) in [("i n\n", 514), ("i n\n", 516), ("", 0)] {
            assert!(matches!(
                Tokenizer::new(merges, &config(size, 8)),
                Err(WeightsError::Config {
                    field: "text.vocabulary_size",
                    ..
                })
            ));
        }
        for merges in ["in", "i\tn", "q xy", "i n\ni n", " ", "i n x", "\0 a"] {
            let size = FIXED_TOKENS + merges.lines().count();
            assert!(matches!(
                Tokenizer::new(merges, &config(size, 8)),
                Err(WeightsError::Checkpoint(_))
            ));
        }
    }
}
