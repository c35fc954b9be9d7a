//! What is asked about the pictures.
//!
//! ```text
//! modes      the tabs
//! labels/    of "Sort";  search  of "Search";  captions  of "Match", with their table
//! ```

pub mod captions;
pub mod labels;
pub mod modes;
pub mod search;
