//! Whose names and shapes a checkpoint's tensors have.
//!
//! ```text
//! hugging_face        transformers' `CLIPModel`
//! openai              OpenAI's own, which open_clip kept;  open_clip  what its configuration adds
//! efficientnet_lite   an image tower alone, to start training from
//! other_models        what is no CLIP of this engine, by name
//! shapes              sizes that the shapes of tensors show
//! ```

pub mod efficientnet_lite;
pub mod hugging_face;
pub mod open_clip;
pub mod openai;
pub mod other_models;
mod shapes;
