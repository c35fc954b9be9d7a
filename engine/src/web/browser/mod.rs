//! What the platform offers.
//!
//! ```text
//! adapter   what the browser says of its graphics card
//! decoder   pictures in formats that the engine does not know
//! digest    SHA-256
//! quota     how much may be stored, and whether it stays
//! garbage   a prompt to collect what JavaScript no longer needs
//! ```

pub mod adapter;
pub mod decoder;
pub mod digest;
pub mod garbage;
pub mod quota;
