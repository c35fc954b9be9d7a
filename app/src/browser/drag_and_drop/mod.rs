//! What is dragged within the page, and what is dropped on it.
//!
//! ```text
//! dragged   pictures and samples of the page, on their way to another place of it
//! dropped   dropped and pasted files, and the pictures in dropped folders
//! ```

pub mod dragged;
pub mod dropped;
