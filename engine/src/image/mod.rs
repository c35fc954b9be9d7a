//! Picture bytes to network input: decode, orient, resize, centre crop, normalise.

use thiserror::Error as ThisError;

use crate::weights::Preprocessing;

mod decode;
mod jpeg;
mod resize;

/// Bytes a picture file may have.
pub const MAX_FILE_BYTES: usize = 256 << 20;

/// Pixels a picture may have: above any camera in a phone's default mode, and 300 MB of RGB, which
/// a browser's worker can still hold beside a model.
pub const MAX_PIXELS: u64 = 100_000_000;

/// Bytes a decoder may hold at once; it bounds pictures of 16 or 32 bits a channel.
pub const MAX_DECODER_BYTES: u64 = 512 << 20;

/// Why a picture cannot be used.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum ImageError {
    /// No bytes at all.
    #[error("The file is empty; choose another picture.")]
    Empty,
    /// More bytes than [`MAX_FILE_BYTES`].
    #[error("The file has {} MB, more than the {} MB allowed; choose a smaller one.",
        .0 / 1_000_000, MAX_FILE_BYTES / 1_000_000)]
    FileTooLarge(usize),
    /// Bytes of no known picture format.
    #[error("This file is not a picture; choose a JPEG, PNG, WebP, GIF, BMP or TIFF file.")]
    NotAPicture,
    /// A picture in a format, or a variant of one, that no decoder here reads.
    #[error("Pictures of this kind ({0}) cannot be read; save it as JPEG or PNG and try again.")]
    Unsupported(String),
    /// More pixels than [`MAX_PIXELS`], or more memory than [`MAX_DECODER_BYTES`].
    #[error("The picture has {width} × {height} pixels, too many to hold; make it smaller first.")]
    TooManyPixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// A picture cut short or damaged.
    #[error("The picture is cut short or damaged ({0}); fetch or save it again.")]
    Damaged(String),
}

/// A decoded, upright picture: 8-bit RGB, row-major.
#[derive(Clone)]
pub struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Picture {
    /// Decodes the first frame of a picture file: JPEG, PNG, WebP, GIF, BMP or TIFF, told apart
    /// by content.
    ///
    /// The EXIF orientation is applied. Colours become RGB as by Pillow's `convert("RGB")`: grey
    /// is replicated, palettes are expanded, alpha is dropped without compositing, colour profiles
    /// are ignored. Of 16 bits the upper eight are kept, in grey pictures too, where Pillow turns
    /// all but the darkest values white.
    ///
    /// # Errors
    /// Every [`ImageError`]. A frame cut short is always an error, never half a picture.
    pub fn decode(bytes: &[u8]) -> Result<Self, ImageError> {
        decode::decode(bytes)
    }

    /// Pixels across, after orientation.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Pixels down, after orientation.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Network input `[size, size, 3]`, row-major, red first: the shorter side resized to `size`,
    /// the centre cut out and each channel normalised. The 8-bit values before normalisation
    /// equal those of torchvision's `Resize` (bicubic) and `CenterCrop` on a Pillow picture.
    ///
    /// # Panics
    /// Where `size` is zero; `ClipConfig::validate` excludes it.
    pub fn prepare(&self, size: usize, preprocessing: &Preprocessing) -> Vec<f32> {
        assert!(size > 0, "a network has at least one input pixel");
        let Preprocessing { mean, deviation } = preprocessing;
        let pixels = resize::center_square(&self.rgb, self.width, self.height, size);
        let normalised = pixels.chunks_exact(3).flat_map(|pixel| {
            [0, 1, 2].map(|channel| {
                (f32::from(pixel[channel]) / 255.0 - mean[channel]) / deviation[channel]
            })
        });
        normalised.collect()
    }
}
