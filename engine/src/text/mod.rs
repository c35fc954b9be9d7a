//! Strings to tokens: cleaning, byte-pair encoding, prompt templates.

mod added_tokens;
mod byte_pairs;
mod clean;
mod error;
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

pub use error::{MAX_CHARACTERS, TextError, TokenizerError};
#[cfg(not(target_arch = "wasm32"))]
pub use merges::openai_merges;
pub use prompt::{fill_template, prompts};
pub use templates::{imagenet_7_templates, imagenet_80_templates};
pub use tokenizer::{Tokenizer, Tokens};
pub use tokenizer_json::compact_tokenizer_json;
pub use vocabulary_files::{VocabularyFiles, openai_tokenizer_json, tokenizer_json};
