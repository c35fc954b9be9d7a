//! The tokenizer of Hugging Face's checkpoints.
//!
//! ```text
//! vocabulary_files   makes a tokenizer.json of vocab.json, merges.txt and the files beside them
//! tokenizer_json     reads a tokenizer.json, and makes it compact
//! added_tokens       tokens that are matched before a text is split into words
//! pipeline           cleaning, words, byte pairs
//! ```

mod added_tokens;
mod pipeline;
mod tokenizer_json;
mod vocabulary_files;

pub use pipeline::HuggingFace;
pub use tokenizer_json::{compact_tokenizer_json, parse};
pub use vocabulary_files::{
    VocabularyFiles, openai_tokenizer_json, openai_vocabulary, tokenizer_json,
};
