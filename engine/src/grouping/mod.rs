//! Groups of pictures that look alike: plain functions of their embeddings.
//!
//! ```text
//! difference_hash   the rough pattern of light and dark of a picture
//! near_copies       bursts, and resized or recompressed copies
//! clusters          pictures of similar content
//! numbering         the largest group first
//! ```

mod clusters;
mod difference_hash;
mod near_copies;
mod numbering;

pub use clusters::clusters;
pub use difference_hash::DifferenceHash;
pub use near_copies::near_copies;
