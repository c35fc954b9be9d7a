//! What a worker and its helpers say to each other. Every message is an array of two.

use glance_protocol::{Failure, PictureId, RequestId};
use serde::{Deserialize, Serialize};

use crate::embedding::Embedding;
use crate::grouping::DifferenceHash;
use crate::weights::Preprocessing;

/// A message to a helper; an array of `File`s follows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToHelper {
    /// Get ready for this task.
    Begin(Task),
    /// Take the picture file that travels with the message.
    Picture {
        /// The request that it belongs to.
        id: RequestId,
        /// The picture.
        picture: PictureId,
        /// Whether its embedding may be remembered, and a thumbnail is wanted.
        remember: bool,
    },
    /// Stop working on the picture of this request.
    Cancel(RequestId),
}

/// What a helper does with each picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// Encode it with the image tower of the stored model with this id, on the CPU.
    Encode(String),
    /// Preprocess it for a model that runs on a GPU.
    Prepare {
        /// The model's id: what it encoded before is remembered under it.
        model: String,
        /// Pixels a side.
        size: usize,
        /// The model's preprocessing.
        preprocessing: Preprocessing,
    },
}

/// A picture's embedding from a helper.
#[derive(Debug, Serialize, Deserialize)]
pub struct Encoded {
    /// SHA-256 of the file.
    pub content: String,
    pub embedding: Embedding,
    pub hash: Option<DifferenceHash>,
    /// Whether it was remembered, and so not computed again.
    pub remembered: bool,
}

impl Task {
    /// The id of the model that it is about.
    pub fn model(&self) -> &str {
        match self {
            Self::Encode(model) | Self::Prepare { model, .. } => model,
        }
    }
}

/// A message from a helper; an `ArrayBuffer` or `undefined` follows it.
#[derive(Debug, Serialize, Deserialize)]
pub enum FromHelper {
    /// The helper listens.
    Started,
    /// It is ready for pictures.
    Ready,
    /// The embedding of the picture.
    Encoded(Encoded),
    /// The levels of the picture, `[size, size, 3]`, in the buffer that follows, and SHA-256 of its
    /// file.
    Prepared(String),
    /// A thumbnail of this picture, a JPEG file, in the buffer that follows. It may come after other
    /// messages about the picture.
    Thumbnail(PictureId),
    /// A task or a picture failed.
    Failed(Failure),
    /// The helper is about to die. This is its last message.
    Crashed,
}
