//! Weight files: the pack (read, write, verify), quantisation, and the checkpoints people have.
//!
//! A checkpoint becomes a pack in two calls: [`Checkpoint::open`] looks into its files, wherever
//! they lie ([`CheckpointFiles`]), and [`Checkpoint::pack`] converts them.

use thiserror::Error as ThisError;

use crate::image::PreprocessingError;

mod checkpoint;
mod fold_batch_norm;
mod manifest;
mod pack;
mod pack_header;
mod pack_index;
mod pack_source;
mod pack_writer;
mod quantize;

pub use crate::image::Preprocessing;
#[cfg(not(target_arch = "wasm32"))]
pub use checkpoint::Folder;
pub use checkpoint::{
    Checkpoint, CheckpointFiles, EfficientnetLiteCheckpoint, FileEntry, PackedLayer, Progress,
    is_weights,
};
pub use fold_batch_norm::{BatchNorm, fold_batch_norm};
pub use manifest::{Manifest, PackLocation};
pub use pack::Pack;
#[cfg(target_arch = "wasm32")]
pub(crate) use pack_header::{METADATA_KEY, hexadecimal};
pub use pack_header::{PackHeader, TokenizerData, TokenizerSpec};
pub(crate) use pack_index::finite_values;
pub use pack_index::{PackIndex, StoredMatrix};
pub use pack_source::PackSource;
pub use pack_writer::{PackWriter, RowWriter};
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
    /// A preparation of pictures that cannot be followed.
    #[error(transparent)]
    Preprocessing(#[from] PreprocessingError),
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
    /// A manifest that describes no model.
    #[error("The description of the model cannot be used ({0}); reload the page.")]
    Manifest(String),
    /// A checkpoint whose metadata cannot be understood.
    #[error("The checkpoint cannot be used: {0}.")]
    Checkpoint(String),
    /// A pack that does not fit into memory.
    #[error(
        "The model needs {0} MB of memory, which are not there; close other programs or choose a smaller one."
    )]
    OutOfMemory(u64),
    /// A file of a checkpoint on a server.
    #[error("{file}: {reason}")]
    Fetch {
        /// The file.
        file: String,
        /// A sentence.
        reason: String,
    },
    /// Whoever asked for the work wants it no more.
    #[error("Cancelled.")]
    Cancelled,
    /// The file system said no.
    #[error("The file {path} cannot be read or written: {reason}.")]
    File {
        /// The file.
        path: String,
        /// The system's words.
        reason: String,
    },
}
