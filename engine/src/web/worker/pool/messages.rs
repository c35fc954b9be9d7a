//! What a worker and its helpers say to each other.

use serde::{Deserialize, Serialize};

use crate::web::protocol::{Failure, RequestId};

/// A message to a helper. It travels in an array, followed by an array of `File`s.
#[derive(Debug, Serialize, Deserialize)]
pub enum ToHelper {
    /// Load the image tower of the stored model with this id.
    Load(String),
    /// Encode the picture file that travels with the message.
    Encode(RequestId),
    /// Stop encoding the picture of this request.
    Cancel(RequestId),
}

/// A message from a helper.
#[derive(Debug, Serialize, Deserialize)]
pub enum FromHelper {
    /// The helper listens.
    Started,
    /// The image tower is loaded.
    Loaded,
    /// The embedding of the picture.
    Encoded(Vec<f32>),
    /// Loading or encoding failed.
    Failed(Failure),
    /// The helper is about to die. This is its last message.
    Crashed,
}
