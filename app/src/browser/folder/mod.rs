//! Folders that the person lets the page use, in browsers that can.
//!
//! ```text
//! picker        lets the person choose one, and asks to read it again
//! reading       the pictures in one
//! remembering   keeps them for later visits
//! ```

pub mod picker;
pub mod reading;
pub mod remembering;
