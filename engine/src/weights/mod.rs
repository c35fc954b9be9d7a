//! Weight files: the pack (read, write, verify), quantisation, and the checkpoints people have.
//!
//! A checkpoint becomes a pack in one call: [`read_hugging_face`] for a `CLIPModel` folder
//! (`config.json`, `preprocessor_config.json`, `model.safetensors`, `merges.txt`),
//! [`read_open_clip`] for `open_clip_config.json` with weights in OpenAI's layout. Both take a
//! [`Checkpoint`], the files' contents, and answer with the bytes of the pack.

use thiserror::Error as ThisError;

mod checkpoint;
mod fold_batch_norm;
mod hugging_face;
mod open_clip;
mod pack;
mod quantize;

pub use crate::image::Preprocessing;
pub use checkpoint::Checkpoint;
pub use fold_batch_norm::{BatchNorm, fold_batch_norm};
pub use hugging_face::read_hugging_face;
pub use open_clip::read_open_clip;
pub use pack::{Pack, PackHeader, PackWriter, TokenizerSpec};
pub use quantize::{WeightType, quantize_int8};

/// What can be wrong with a weight file; each names the tensor or field.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum WeightsError {
    /// Not a pack, or cut short.
    #[error("This is not a complete model file ({0}); fetch it again.")]
    Container(String),
    /// A pack of a later format.
    #[error("This model file has format {0}, which this version cannot read; update Glance.")]
    Version(u32),
    /// A configuration no network can have.
    #[error("The model's configuration is not usable: {field} is {value}.")]
    Config {
        /// Dotted field name.
        field: &'static str,
        /// Its value.
        value: usize,
    },
    /// A tensor the architecture needs.
    #[error("The model file lacks the tensor {0}.")]
    Missing(String),
    /// A tensor of another shape.
    #[error("The tensor {name} has shape {found:?} where {expected:?} is needed.")]
    Shape {
        /// The tensor.
        name: String,
        /// What the file says.
        found: Vec<usize>,
        /// What the architecture needs.
        expected: Vec<usize>,
    },
    /// A tensor of a type that cannot hold weights.
    #[error("The tensor {name} has type {found}, which cannot be used here.")]
    Type {
        /// The tensor.
        name: String,
        /// What the file says.
        found: String,
    },
    /// NaN or infinity.
    #[error("The tensor {0} holds a value that is not a finite number.")]
    NotFinite(String),
    /// Bytes that differ from their hash.
    #[error("Piece {0} of the model file is damaged; fetch it again.")]
    Damaged(usize),
    /// A checkpoint whose metadata cannot be understood.
    #[error("The checkpoint cannot be used: {0}.")]
    Checkpoint(String),
    /// The file system said no.
    #[error("The file {path} cannot be read or written: {reason}.")]
    File {
        /// The file.
        path: String,
        /// The system's words.
        reason: String,
    },
}
