//! Strings to token ids, as in the checkpoint's family.

use super::error::{MAX_CHARACTERS, TextError, TokenizerError};
use super::hugging_face::{HuggingFace, parse};
use super::open_clip::OpenClip;
use crate::config::{ConfigError, TextConfig};

/// The wrong end token that early configurations of Hugging Face give.
pub(crate) const LEGACY_END: u32 = 2;

/// The token ids of one text, from the start token to the end token that is pooled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// At most the context length. The last one is the pooled token.
    pub ids: Vec<u32>,
    /// Whether the text was cut to fit.
    pub truncated: bool,
}

/// A byte-pair encoder with the cleaning of its checkpoint's family.
pub struct Tokenizer {
    family: Family,
    pooled: Pooled,
    context_length: usize,
}

enum Family {
    OpenClip(Box<OpenClip>),
    HuggingFace(Box<HuggingFace>),
}

/// Which token is pooled. Attention is causal, so the tokens after it have no effect.
#[derive(Clone, Copy)]
enum Pooled {
    /// The first token with the highest id.
    Highest,
    /// The first token with this id, or the text's first token if there is none.
    First(u32),
}

impl Tokenizer {
    /// The tokenizer of OpenAI's and open_clip's checkpoints, from the merges of a pack, one a
    /// line.
    ///
    /// # Errors
    /// [`TokenizerError`] if the merges and the vocabulary size disagree, or a merge joins tokens
    /// that do not exist yet.
    pub fn new(merges: &str, config: &TextConfig) -> Result<Self, TokenizerError> {
        check_context(config)?;
        let open_clip = OpenClip::new(merges, config.vocabulary_size)?;
        Ok(Self {
            family: Family::OpenClip(Box::new(open_clip)),
            pooled: Pooled::Highest,
            context_length: config.context_length,
        })
    }

    /// The tokenizer of a Hugging Face checkpoint, from its tokenizer.json (or from what
    /// [`tokenizer_json`](super::tokenizer_json) makes of other files) and the `eos_token_id` of
    /// its configuration's `text_config`. The default is 49407, and 2 stands for the highest id, as
    /// in transformers' `CLIPTextTransformer.forward`.
    ///
    /// # Errors
    /// [`TokenizerError`] if the file is damaged, describes another kind of tokenizer, or has ids
    /// beyond the vocabulary size.
    pub fn hugging_face(
        json: &[u8],
        eos_token_id: u32,
        config: &TextConfig,
    ) -> Result<Self, TokenizerError> {
        check_context(config)?;
        let parts = parse(json)?;
        let hugging_face = HuggingFace::new(parts, config.context_length, config.vocabulary_size)?;
        Ok(Self {
            family: Family::HuggingFace(Box::new(hugging_face)),
            pooled: match eos_token_id {
                LEGACY_END => Pooled::Highest,
                id => Pooled::First(id),
            },
            context_length: config.context_length,
        })
    }

    /// Cleans and encodes one text. It is cut at the context length, with the end token kept, and
    /// after the pooled token: a text may spell an end token of its own.
    ///
    /// # Errors
    /// [`TextError::TooLong`].
    pub fn encode(&self, text: &str) -> Result<Tokens, TextError> {
        let (mut ids, truncated) = self.whole(text)?;
        let highest = ids.iter().max().copied();
        let pooled = match self.pooled {
            Pooled::Highest => highest,
            Pooled::First(id) => Some(id),
        };
        let place = ids.iter().position(|id| Some(*id) == pooled).unwrap_or(0);
        ids.truncate(place + 1);
        Ok(Tokens { ids, truncated })
    }

    /// The ids of the reference tokenizer, including those after the pooled token.
    ///
    /// # Errors
    /// [`TextError::TooLong`].
    pub fn sequence(&self, text: &str) -> Result<Vec<u32>, TextError> {
        self.whole(text).map(|(ids, _)| ids)
    }

    fn whole(&self, text: &str) -> Result<(Vec<u32>, bool), TextError> {
        let characters = text.chars().count();
        if characters > MAX_CHARACTERS {
            return Err(TextError::TooLong(characters));
        }
        Ok(match &self.family {
            Family::OpenClip(tokenizer) => tokenizer.encode(text, self.context_length),
            Family::HuggingFace(tokenizer) => tokenizer.encode(text),
        })
    }
}

/// Checks that the start and end tokens fit.
fn check_context(config: &TextConfig) -> Result<(), ConfigError> {
    match config.context_length {
        0 | 1 => Err(ConfigError {
            field: "text.context_length",
            value: config.context_length,
        }),
        _ => Ok(()),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::text::merges::openai_merges;
    use crate::text::open_clip::FIXED_TOKENS;

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
                Err(TokenizerError::Config(ConfigError {
                    field: "text.vocabulary_size",
                    ..
                }))
            ));
        }
        for merges in ["in", "i\tn", "q xy", "i n\ni n", " ", "i n x", "\0 a"] {
            let size = FIXED_TOKENS + merges.lines().count();
            assert!(matches!(
                Tokenizer::new(merges, &config(size, 8)),
                Err(TokenizerError::Damaged(_))
            ));
        }
    }
}
