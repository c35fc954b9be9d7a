//! What leaves the page: files for other programs.
//!
//! ```text
//! results       the answers, as CSV, tab-separated text and JSON
//! embeddings    vectors, for NumPy and as safetensors
//! file_names    folders and names that every system takes
//! archive       pictures sorted by label, as a ZIP file
//! folder        the same, written into a folder
//! ```

pub mod archive;
pub mod embeddings;
pub mod file_names;
pub mod folder;
pub mod results;
