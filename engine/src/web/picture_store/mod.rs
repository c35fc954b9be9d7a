//! The pictures that this browser remembers: a thumbnail and a name of each, and its embedding by each
//! model that encoded it, and the label that the person moved it to. Pictures are known by the SHA-256
//! of their files.
//!
//! Everything works without it: if the browser stores nothing, nothing is remembered.
//!
//! ```text
//! store      finds, lists and forgets pictures; every worker has one
//! writer     writes what the first worker learns, in batches
//! database   IndexedDB: pictures, embeddings and corrections
//! ```

mod database;
mod store;
mod writer;

pub use store::{Known, PictureStore};
pub use writer::PictureWriter;
