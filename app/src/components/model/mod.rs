//! What the page shows of the model.
//!
//! ```text
//! chip     its name on the top bar;  hint  one line beside the pictures
//! device   where it runs
//! picker   other models;  stored  those on this device
//! ```

pub mod chip;
mod device;
pub mod hint;
pub mod picker;
mod stored;
