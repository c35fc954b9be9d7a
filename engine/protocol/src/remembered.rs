//! Pictures that the browser remembers from one visit to the next.

use serde::{Deserialize, Serialize};

/// A remembered picture, as it is stored and as the page gets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RememberedPicture {
    /// SHA-256 of its file, in hexadecimal.
    pub content: String,
    /// Its file's name.
    pub name: String,
    /// When it was last added, in milliseconds since 1970. No two pictures of a tab have the same.
    pub added: f64,
    /// A small copy, as a JPEG file.
    #[serde(with = "serde_bytes")]
    pub jpeg: Vec<u8>,
    /// Its rough pattern of light and dark, for the engine; `None` if an earlier version stored it.
    #[serde(default)]
    pub hash: Option<[u8; 8]>,
}
