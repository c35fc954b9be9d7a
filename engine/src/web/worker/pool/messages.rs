//! What a worker and its helpers say to each other. Every message is an array of two.

use glance_protocol::{Failure, RequestId};
use serde::{Deserialize, Serialize};

use crate::weights::Preprocessing;

/// A message to a helper; an array of `File`s follows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToHelper {
    /// Get ready for this task.
    Begin(Task),
    /// Take the picture file that travels with the message.
    Picture(RequestId),
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
        /// Pixels a side.
        size: usize,
        /// The model's preprocessing.
        preprocessing: Preprocessing,
    },
}

/// A message from a helper; an `ArrayBuffer` or `undefined` follows it.
#[derive(Debug, Serialize, Deserialize)]
pub enum FromHelper {
    /// The helper listens.
    Started,
    /// It is ready for pictures.
    Ready,
    /// The embedding of the picture.
    Encoded(Vec<f32>),
    /// The levels of the picture, `[size, size, 3]`, in the buffer that follows.
    Prepared,
    /// A task or a picture failed.
    Failed(Failure),
    /// The helper is about to die. This is its last message.
    Crashed,
}
