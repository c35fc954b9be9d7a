//! Picture bytes to network input: decode, orient, resize, centre crop, normalise.

use thiserror::Error as ThisError;

use crate::weights::Preprocessing;

/// Why a picture cannot be used.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum ImageError {
    /// No bytes at all.
    #[error("The file is empty; choose another picture.")]
    Empty,
}

/// A decoded, upright picture: 8-bit RGB, row-major.
#[derive(Clone)]
pub struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Picture {
    /// Decodes the first frame of a picture file of any supported format.
    ///
    /// # Errors
    /// Every [`ImageError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, ImageError> {
        let _ = bytes;
        todo!()
    }

    /// Network input `[size, size, 3]`, row-major, red first.
    pub fn prepare(&self, size: usize, preprocessing: &Preprocessing) -> Vec<f32> {
        let _ = (self.width, self.height, &self.rgb, size, preprocessing);
        todo!()
    }
}
