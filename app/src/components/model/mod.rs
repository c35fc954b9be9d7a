//! What the page shows of models: a line and a chip on the page, and a sheet over it.
//!
//! ```text
//! chip     the name of the model in use, on the top bar;  hint  one line beside the pictures
//! sheet    opens over the page, with these in order:
//!   in_use   the model in use;  device  where it runs
//!   stored   those on this device
//!   listed   those that are one click away, with their speed here
//!   other    those that are named or picked;  storage  the browser's storage quota
//! ```

pub mod chip;
mod device;
pub mod hint;
mod in_use;
mod listed;
mod other;
pub mod sheet;
mod storage;
mod stored;
