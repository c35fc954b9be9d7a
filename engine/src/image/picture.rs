//! A decoded picture, and how it becomes network input.

use image::metadata::Orientation;

use super::decode::{self, Mixable};
use super::error::{ImageError, check_size};
use super::preprocessing::{Conversion, Filter, Preprocessing};
use super::resize::{self, Axis, Covered};
use super::samples::{Layout, Mixing, Samples};

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
        let (samples, mixable) = decode::decode(bytes)?;
        Ok(Self { samples, mixable })
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
