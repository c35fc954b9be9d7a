//! Decisions that need no browser, so they are tested natively.
//!
//! ```text
//! batch_size    pictures, or prompts, that run together
//! flights       batches of pictures that the GPU has
//! frame         a frame from a camera
//! pool_size     helper workers, and how far they work ahead
//! recovery      devices to try after a failure
//! label_cache   encoded labels, and which are still to encode
//! label_scores  how well labels fit pictures
//! unwritten     pictures that are to be remembered
//! ```

pub mod batch_size;
pub mod flights;
pub mod frame;
pub mod label_cache;
pub mod label_scores;
pub mod pool_size;
pub mod recovery;
pub mod unwritten;
