//! Fuzzes what reads the files and texts of strangers: no input may cause a panic, take seconds,
//! or hold more memory than the engine documents. `cargo xtask fuzz` runs it.
//!
//! ```text
//! targets   what is fuzzed, and the memory that each may hold
//! corpus    the first inputs, from the tests' fixtures;  archive, files: archives and folders in memory
//! mutate    changes that leave an input's outer form valid
//! memory    the allocator that enforces the bounds
//! ```

mod archive;
mod corpus;
mod files;
mod fixtures;
mod memory;
mod mutate;
mod targets;

pub use corpus::write as write_corpus;
pub use memory::{Bounded, within};
pub use mutate::mutate;
pub use targets::Target;
