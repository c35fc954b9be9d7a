//! Ways to add pictures.
//!
//! ```text
//! drop_zone      drop, paste, or choose files and folders
//! from_address   a form for addresses of pictures
//! samples        pictures to try;  remembered  those of an earlier visit, and folders
//! camera/        a live camera, and stills of it
//! ```

pub mod camera;
pub mod drop_zone;
pub mod from_address;
pub mod remembered;
pub mod samples;
