//! Labels, captions and prompt templates as people write them, before a tokenizer reads them.
//!
//! ```text
//! pasted      lists of texts as people paste and save them
//! template    a label in a sentence
//! published   the templates that OpenAI published
//! ```
//!
//! A crate of its own, so that the page compiles without the engine.

pub mod pasted;
mod published;
mod template;

pub use published::{imagenet_7_templates, imagenet_80_templates};
pub use template::{fill_template, mistaken_placeholder, prompts};
