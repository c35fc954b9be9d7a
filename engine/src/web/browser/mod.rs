//! Platform APIs.
//!
//! ```text
//! adapter   identifies the graphics card
//! decoder   pictures in formats that the engine does not know
//! digest    SHA-256
//! quota     storage used and allowed, and whether it is persistent
//! garbage   provokes a garbage collection
//! ```

pub mod adapter;
pub mod decoder;
pub mod digest;
pub mod garbage;
pub mod quota;
