//! Picture bytes to network input: decode, orient, resize, centre crop, normalise.

use image::metadata::Orientation;
use mixable::Mixable;
use resize::{Axis, Covered};
use samples::{Layout, Mixing, Samples};
use thiserror::Error as ThisError;

mod decode;
mod filter;
mod jpeg;
mod mixable;
mod preprocessing;
mod preprocessor_config;
mod resize;
mod samples;

pub use preprocessing::{Centering, Conversion, Filter, Preprocessing, PreprocessingError, Resize};

/// Bytes a picture file may have.
pub const MAX_FILE_BYTES: usize = 256 << 20;

/// Pixels a picture may have: above any camera in a phone's default mode. A JPEG of up to four times
/// as many is decoded at half its size.
pub const MAX_PIXELS: u64 = 100_000_000;

/// Pixels a side may have; it bounds the weights of a resize.
pub const MAX_SIDE: usize = 1 << 20;

/// Bytes that decoding may hold at once beside the file: the samples as they are stored, and what
/// the format's decoder holds to make them.
///
/// | | Bytes a pixel | At [`MAX_PIXELS`] |
/// |---|---|---|
/// | PNG, GIF, BMP: the samples, grey to RGBA | 1 to 4 | 100 to 400 MB |
/// | the same with 16 bits a channel | 2 to 8 | 200 to 800 MB, refused beyond the bound |
/// | JPEG: RGB samples and the planes they come from | 3 + 3 | 600 MB |
/// | progressive JPEG: the same and two bytes a coefficient | 3 + 3 + 6 | decoded at half its size |
/// | TIFF, WebP: the samples and once more a copy | 2 to 8 | 200 to 800 MB, refused beyond the bound |
///
/// Afterwards a picture holds one to four bytes a pixel, as many as its file has channels: it is
/// turned upright, widened to RGB and weighed by alpha a row at a time, by [`Picture::prepare`],
/// which itself holds 16 bytes for each pixel of the network's input and a row of the picture.
pub const MAX_DECODER_BYTES: u64 = 640 << 20;

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
    /// Bytes that are not as many as the pixels they are said to be.
    #[error("{bytes} bytes are not {width} × {height} pixels of {channels}; give them all.")]
    WrongLength {
        /// Bytes given.
        bytes: usize,
        /// Pixels across.
        width: usize,
        /// Pixels down.
        height: usize,
        /// Bytes that a pixel has.
        channels: usize,
    },
}

/// A decoded, upright picture of 8 bits a channel.
#[derive(Clone)]
pub struct Picture {
    samples: Samples,
    mixable: Mixable,
}

impl Picture {
    /// Decodes the first frame of a picture file: JPEG, PNG, WebP, GIF, BMP or TIFF, told apart
    /// by content.
    ///
    /// The EXIF orientation is applied; the reference pipelines leave that to their callers.
    /// Colours become RGB as by Pillow's `convert("RGB")`: grey is replicated, palettes are
    /// expanded, ink becomes light, colour profiles are ignored; what becomes of alpha a
    /// [`Conversion`] says. Of 16 bits the upper eight are kept. So does Pillow, but for grey pictures: those
    /// it clips at 255, which leaves white of all but the darkest, and is not followed.
    ///
    /// # Errors
    /// Every [`ImageError`] but [`ImageError::WrongLength`]. A frame cut short is always an error,
    /// never half a picture.
    pub fn decode(bytes: &[u8]) -> Result<Self, ImageError> {
        decode::decode(bytes)
    }

    /// A picture of pixels that are decoded already: `rgb` `[height, width, 3]`, upright,
    /// row-major, red first.
    ///
    /// # Errors
    /// [`ImageError::WrongLength`], [`ImageError::TooManyPixels`], or [`ImageError::Damaged`] where
    /// there are no pixels.
    pub fn from_rgb(width: usize, height: usize, rgb: Vec<u8>) -> Result<Self, ImageError> {
        Self::from_samples(Layout::Rgb, (width, height), rgb)
    }

    /// As [`Picture::from_rgb`], with a straight alpha after the colours: `rgba`
    /// `[height, width, 4]`.
    ///
    /// # Errors
    /// Those of [`Picture::from_rgb`].
    pub fn from_rgba(width: usize, height: usize, rgba: Vec<u8>) -> Result<Self, ImageError> {
        Self::from_samples(Layout::Rgba, (width, height), rgba)
    }

    fn from_samples(
        layout: Layout,
        stored @ (width, height): (usize, usize),
        bytes: Vec<u8>,
    ) -> Result<Self, ImageError> {
        let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
        check_size(side(width), side(height))?;
        if bytes.len() != width * height * layout.channels() {
            return Err(ImageError::WrongLength {
                bytes: bytes.len(),
                width,
                height,
                channels: layout.channels(),
            });
        }
        let samples = Samples {
            layout,
            stored,
            bytes,
            orientation: Orientation::NoTransforms,
        };
        Ok(Self {
            samples,
            mixable: Mixable::Channels,
        })
    }

    /// Pixels across, after orientation.
    pub fn width(&self) -> usize {
        self.samples.size().0
    }

    /// Pixels down, after orientation.
    pub fn height(&self) -> usize {
        self.samples.size().1
    }

    /// Network input `[size, size, 3]`, row-major, red first, as `preprocessing` says. The 8-bit
    /// values before normalisation equal those of Pillow under its reference on the same samples.
    ///
    /// # Panics
    /// Where `size` is zero; `ClipConfig::validate` excludes it.
    pub fn prepare(&self, size: usize, preprocessing: &Preprocessing) -> Vec<f32> {
        assert!(size > 0, "a network has at least one input pixel");
        let Preprocessing {
            unit,
            mean,
            deviation,
            ..
        } = preprocessing;
        let pixels = self.square(size, preprocessing);
        let normalised = pixels.chunks_exact(3).flat_map(|pixel| {
            [0, 1, 2].map(|channel| {
                (f32::from(pixel[channel]) / unit - mean[channel]) / deviation[channel]
            })
        });
        normalised.collect()
    }

    /// RGB `[size, size, 3]` before it is normalised.
    fn square(&self, size: usize, preprocessing: &Preprocessing) -> Vec<u8> {
        let sides = self.samples.size();
        let resized = preprocessing.resize.sides(sides, size);
        let unchanged = resized == (sides.0 as u64, sides.1 as u64);
        // Pixels that are not mixed with others become the same RGB before and after.
        let mixable = match unchanged {
            true => Mixable::Colors,
            false => self.mixable,
        };
        let (filter, mixing) = match (preprocessing.conversion, preprocessing.filter, mixable) {
            (Conversion::BeforeResize, filter, _) => (filter, Mixing::Colors),
            (Conversion::OnWhite, filter, _) => (filter, Mixing::OnWhite),
            (Conversion::AfterResize, _, Mixable::Nothing)
            | (Conversion::AfterResize, Filter::Nearest, _) => (Filter::Nearest, Mixing::Colors),
            (Conversion::AfterResize, filter, Mixable::Colors) => (filter, Mixing::Colors),
            (Conversion::AfterResize, filter, Mixable::Channels) => (filter, Mixing::Stored),
        };
        let axis = |length, resized| Axis {
            length,
            resized,
            size,
            centering: preprocessing.centering,
        };
        let axes = [axis(sides.0, resized.0), axis(sides.1, resized.1)];
        let Covered {
            columns,
            rows,
            samples,
        } = resize::resample(&self.samples, axes, filter, mixing);
        let covered = self.samples.rgb(&samples, mixing);
        if covered.len() == size * size * 3 {
            return covered;
        }
        let mut square = preprocessing.fill.repeat(size * size);
        let lines = square.chunks_exact_mut(size * 3).skip(rows.start);
        let width = columns.len() * 3;
        for (line, pixels) in lines.zip(covered.chunks_exact(width.max(1))) {
            line[columns.start * 3..][..width].copy_from_slice(pixels);
        }
        square
    }
}

/// Refuses what is no picture or cannot be held.
pub(crate) fn check_size(width: u32, height: u32) -> Result<(), ImageError> {
    if width == 0 || height == 0 {
        return Err(ImageError::Damaged("it has no pixels".to_owned()));
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || width.max(height) as usize > MAX_SIDE {
        return Err(ImageError::TooManyPixels { width, height });
    }
    Ok(())
}
