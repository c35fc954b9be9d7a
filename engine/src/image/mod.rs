//! Picture bytes to network input: decode, orient, resize, centre crop, normalise.
//!
//! ```text
//! decode/          bytes to samples, by format
//! samples          8-bit samples as stored;  ycc  those of a JPEG, in planes
//! row              loops over a row, with vectors
//! picture          a decoded picture, and how it becomes network input
//! preprocessing    a checkpoint's settings;  preprocessor_config  reads them from its files
//! resize, filter   Pillow's resize
//! error            errors and limits
//! ```

mod decode;
mod error;
mod filter;
mod picture;
mod preprocessing;
mod preprocessor_config;
mod resize;
mod row;
mod samples;
mod ycc;

pub use error::{ImageError, MAX_DECODER_BYTES, MAX_FILE_BYTES, MAX_PIXELS, MAX_SIDE};
pub use glance_protocol::Square;
pub use picture::Picture;
pub use preprocessing::{Centering, Conversion, Filter, Preprocessing, PreprocessingError, Resize};

#[cfg(target_arch = "wasm32")]
pub(crate) use error::check_size;
