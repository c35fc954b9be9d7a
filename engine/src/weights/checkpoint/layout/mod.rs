//! Layouts of checkpoints: the names and shapes of their tensors.
//!
//! ```text
//! hugging_face        transformers' `CLIPModel`
//! openai              OpenAI's, also used by open_clip;  open_clip  its configuration
//! efficientnet_lite   an image tower alone, to start training from
//! other_models        names models that this engine does not run
//! shapes              sizes, from the shapes of tensors
//! ```

pub mod efficientnet_lite;
pub mod hugging_face;
pub mod open_clip;
pub mod openai;
pub mod other_models;
mod shapes;
