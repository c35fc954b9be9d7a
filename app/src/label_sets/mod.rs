//! Sets of labels: those that come with the page, the person's own, and those in files and links.
//!
//! ```text
//! presets   lists that come with the page, fetched when they are used
//! own       lists that the person saved
//! file      a list in a file: CSV, TSV or text
//! link      a list in the fragment of a link
//! ```

pub mod file;
pub mod link;
pub mod own;
pub mod presets;
