//! Decisions that need no browser, so that they are tested natively.
//!
//! ```text
//! batch_size    pictures that run together on a GPU
//! pool_size     helpers that share out pictures on the processor
//! recovery      devices to try after a failure
//! label_cache   labels that are encoded already, and what of them is left to encode
//! ```

pub mod batch_size;
pub mod label_cache;
pub mod pool_size;
pub mod recovery;
