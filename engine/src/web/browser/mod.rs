//! Platform APIs.
//!
//! ```text
//! adapter     identifies the graphics card
//! decoder     pictures in formats that the engine does not know
//! thumbnail   small copies of pictures, as JPEG files
//! digest      SHA-256
//! quota       storage used and allowed, and whether it is persistent
//! garbage     provokes a garbage collection
//! indexed_db  opens databases, runs transactions
//! ```

pub mod adapter;
pub mod decoder;
pub mod digest;
pub mod garbage;
pub mod indexed_db;
pub mod quota;
pub mod thumbnail;
