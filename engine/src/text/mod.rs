//! Strings to tokens: cleaning and byte-pair encoding. Prompt templates are `glance_prompts`.

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
mod pattern;
mod tokenizer;
mod words;

pub use byte_order_mark::{WideText, without_byte_order_mark};
pub use error::{MAX_CHARACTERS, TextError, TokenizerError};
pub use glance_prompts::{
    fill_template, imagenet_7_templates, imagenet_80_templates, mistaken_placeholder, pasted,
    prompts,
};
pub use hugging_face::{
    VocabularyFiles, compact_tokenizer_json, openai_tokenizer_json, openai_vocabulary,
    tokenizer_json,
};
#[cfg(not(target_arch = "wasm32"))]
pub use merges::openai_merges;
pub(crate) use tokenizer::LEGACY_END;
pub use tokenizer::{Tokenizer, Tokens};
