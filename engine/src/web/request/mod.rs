//! What a request brings, and how it fails.
//!
//! ```text
//! context        a request that waits, and one that runs: its progress, its cancel
//! port           messages to the page
//! picture_file   a picture's file to its samples
//! failure        any error to what the person reads
//! ```

pub mod context;
pub mod failure;
pub mod picture_file;
pub mod port;
