//! A request's context, its files and its failures.
//!
//! ```text
//! context        a queued request, and a running one with progress and cancellation
//! port           messages to the page
//! picture_file   reads and decodes a picture file
//! failure        turns errors into what the person reads
//! ```

pub mod context;
pub mod failure;
pub mod picture_file;
pub mod port;
