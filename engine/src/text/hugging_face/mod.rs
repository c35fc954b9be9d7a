//! The tokenizer of Hugging Face's checkpoints.
//!
//! ```text
//! vocabulary_files   vocab.json, merges.txt and those beside them, made into a tokenizer.json
//! tokenizer_json     reads one, and makes it compact
//! added_tokens       tokens that are found in a text before its words
//! pipeline           cleaning, words, byte pairs
//! ```

mod added_tokens;
mod pipeline;
mod tokenizer_json;
mod vocabulary_files;

pub use pipeline::HuggingFace;
pub use tokenizer_json::{compact_tokenizer_json, parse};
pub use vocabulary_files::{VocabularyFiles, openai_tokenizer_json, tokenizer_json};
