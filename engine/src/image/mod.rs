//! Picture bytes to network input: decode, orient, resize, centre crop, normalise.
//!
//! ```text
//! decode/          bytes to samples, by format
//! samples          8-bit samples as they are stored, turned upright where they are read
//! picture          a decoded picture, and how it becomes network input
//! preprocessing    what a checkpoint's family does to pictures;  preprocessor_config  from its files
//! resize, filter   Pillow's resize
//! error            which pictures are refused
//! ```

mod decode;
mod error;
mod filter;
mod picture;
mod preprocessing;
mod preprocessor_config;
mod resize;
mod samples;

pub use error::{ImageError, MAX_DECODER_BYTES, MAX_FILE_BYTES, MAX_PIXELS, MAX_SIDE};
pub use picture::Picture;
pub use preprocessing::{Centering, Conversion, Filter, Preprocessing, PreprocessingError, Resize};

#[cfg(target_arch = "wasm32")]
pub(crate) use error::check_size;
