//! Strings to tokens: cleaning, byte-pair encoding, prompt templates.

mod byte_order_mark;
mod byte_pairs;
mod clean;
mod error;
mod ftfy;
mod html;
mod hugging_face;
#[cfg(not(target_arch = "wasm32"))]
mod merges;
mod open_clip;
pub mod pasted;
mod pattern;
mod prompt;
mod templates;
mod tokenizer;
mod words;

pub use byte_order_mark::{WideText, without_byte_order_mark};
pub use error::{MAX_CHARACTERS, TextError, TokenizerError};
pub use hugging_face::{
    VocabularyFiles, compact_tokenizer_json, openai_tokenizer_json, openai_vocabulary,
    tokenizer_json,
};
#[cfg(not(target_arch = "wasm32"))]
pub use merges::openai_merges;
pub use prompt::{fill_template, mistaken_placeholder, prompts};
pub use templates::{imagenet_7_templates, imagenet_80_templates};
pub(crate) use tokenizer::LEGACY_END;
pub use tokenizer::{Tokenizer, Tokens};
