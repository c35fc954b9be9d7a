//! Decisions that need no browser, so they are tested natively.
//!
//! ```text
//! batch_size    pictures, or prompts, that run together
//! pool_size     helper workers, and how far they work ahead
//! recovery      devices to try after a failure
//! label_cache   encoded labels, and which are still to encode
//! ```

pub mod batch_size;
pub mod label_cache;
pub mod pool_size;
pub mod recovery;
