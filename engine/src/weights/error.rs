//! Errors of weight files.

use thiserror::Error as ThisError;

use crate::config::ConfigError;
use crate::image::PreprocessingError;
use crate::text::TokenizerError;

/// What is wrong with a weight file. The message names the tensor or field.
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
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A tokenizer that cannot be built.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// Preprocessing that is not supported.
    #[error(transparent)]
    Preprocessing(#[from] PreprocessingError),
    /// A missing tensor.
    #[error("The model file lacks the tensor {0}.")]
    Missing(String),
    /// A tensor with the wrong shape.
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
    /// A NaN or infinite value.
    #[error("The tensor {0} holds a value that is not a finite number.")]
    NotFinite(String),
    /// A piece that does not match its hash.
    #[error("Piece {0} of the model file is damaged; fetch it again.")]
    Damaged(usize),
    /// An invalid manifest.
    #[error("The description of the model cannot be used ({0}); reload the page.")]
    Manifest(String),
    /// A checkpoint that cannot be used.
    #[error("The checkpoint cannot be used: {0}.")]
    Checkpoint(String),
    /// A pack that does not fit into memory.
    #[error(
        "The model needs {0} MB of memory, more than is available; close other programs or choose a smaller one."
    )]
    OutOfMemory(u64),
    /// A checkpoint's file that cannot be fetched from a server.
    #[error("{file}: {reason}")]
    Fetch {
        /// The file.
        file: String,
        /// The reason, as a sentence.
        reason: String,
    },
    /// The request was cancelled.
    #[error("Cancelled.")]
    Cancelled,
    /// A file that cannot be read or written.
    #[error("The file {path} cannot be read or written: {reason}.")]
    File {
        /// The file.
        path: String,
        /// The system's message.
        reason: String,
    },
}
