//! A decoded picture, and how it becomes network input.

use glance_protocol::Square;
use image::metadata::Orientation;

use super::decode::{self, AveragedChannels};
use super::error::{ImageError, check_size};
use super::preprocessing::{Conversion, Filter, Preprocessing};
use super::resize::{self, Axis, ResizedPart};
use super::samples::{Content, Layout, RowChannels, Samples};

/// A decoded, upright picture of 8 bits a channel.
#[derive(Clone)]
pub struct Picture {
    samples: Samples,
    averaged: AveragedChannels,
}

impl Picture {
    /// Decodes the first frame of a JPEG, PNG, WebP, GIF, BMP or TIFF file, recognised by its
    /// content.
    ///
    /// The EXIF orientation is applied; the reference pipelines leave that to their callers.
    /// Colours become RGB as in Pillow's `convert("RGB")`: grey is replicated, palettes are
    /// expanded, ink becomes light, colour profiles are ignored. A [`Conversion`] says what happens
    /// to alpha. The upper eight of 16 bits are kept, as in Pillow. An exception is 16-bit grey,
    /// which Pillow clips at 255: that turns all but the darkest pixels white, so it is not copied.
    ///
    /// # Errors
    /// Every [`ImageError`] but [`ImageError::WrongLength`]. A frame cut short is always an error,
    /// never half a picture.
    pub fn decode(bytes: &[u8]) -> Result<Self, ImageError> {
        let (samples, averaged) = decode::decode(bytes)?;
        Ok(Self { samples, averaged })
    }

    /// As [`Picture::decode`] for a JPEG file; `None` for any other. A program that calls only this has
    /// only this decoder in it.
    pub fn decode_jpeg(bytes: &[u8]) -> Option<Result<Self, ImageError>> {
        let decoded = decode::decode_jpeg(bytes)?;
        Some(decoded.map(|(samples, averaged)| Self { samples, averaged }))
    }

    /// A picture from decoded pixels: `rgb` `[height, width, 3]`, upright, row-major, red first.
    ///
    /// # Errors
    /// [`ImageError::WrongLength`], [`ImageError::TooManyPixels`], or [`ImageError::Damaged`] if
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
            content: Content::Pixels(bytes),
            orientation: Orientation::NoTransforms,
        };
        Ok(Self {
            samples,
            averaged: AveragedChannels::Channels,
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
    /// values before normalisation equal those of the reference pipeline on Pillow for the same
    /// samples.
    ///
    /// # Panics
    /// If `size` is zero, which `ClipConfig::validate` refuses.
    pub fn prepare(&self, size: usize, preprocessing: &Preprocessing) -> Vec<f32> {
        let table = preprocessing.table();
        let levels = self.levels(size, preprocessing);
        let normalised = levels.chunks_exact(3).flat_map(|pixel| {
            [0, 1, 2].map(|channel| table[channel * 256 + usize::from(pixel[channel])])
        });
        normalised.collect()
    }

    /// As [`Picture::prepare`] before normalisation: 8-bit RGB `[size, size, 3]`, of which
    /// [`Preprocessing::table`] has the normalised values.
    ///
    /// # Panics
    /// As [`Picture::prepare`].
    pub fn levels(&self, size: usize, preprocessing: &Preprocessing) -> Vec<u8> {
        assert!(size > 0, "a network has at least one input pixel");
        let sides = self.samples.size();
        let resized = preprocessing.resize.sides(sides, size);
        let unchanged = resized == (sides.0 as u64, sides.1 as u64);
        // Without a resize no pixels are averaged, so converting before or after gives the same
        // RGB.
        let averaged = match unchanged {
            true => AveragedChannels::Colors,
            false => self.averaged,
        };
        let (filter, channels) = match (preprocessing.conversion, preprocessing.filter, averaged) {
            (Conversion::BeforeResize, filter, _) => (filter, RowChannels::Colors),
            (Conversion::OnWhite, filter, _) => (filter, RowChannels::OnWhite),
            (Conversion::AfterResize, _, AveragedChannels::Nothing)
            | (Conversion::AfterResize, Filter::Nearest, _) => {
                (Filter::Nearest, RowChannels::Colors)
            }
            (Conversion::AfterResize, filter, AveragedChannels::Colors) => {
                (filter, RowChannels::Colors)
            }
            (Conversion::AfterResize, filter, AveragedChannels::Channels) => {
                (filter, RowChannels::Stored)
            }
        };
        let axes = self.axes(size, preprocessing);
        let ResizedPart {
            columns,
            rows,
            samples,
        } = resize::resample(&self.samples, axes, filter, channels);
        let covered = self.samples.rgb(&samples, channels);
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

    /// Where the square of [`Picture::levels`] lies on this picture.
    ///
    /// # Panics
    /// As [`Picture::prepare`].
    pub fn square(&self, size: usize, preprocessing: &Preprocessing) -> Square {
        assert!(size > 0, "a network has at least one input pixel");
        let [[left, width], [top, height]] =
            self.axes(size, preprocessing).map(|axis| axis.square());
        Square {
            left,
            top,
            width,
            height,
        }
    }

    /// The resize of both axes, across and down.
    fn axes(&self, size: usize, preprocessing: &Preprocessing) -> [Axis; 2] {
        let sides = self.samples.size();
        let resized = preprocessing.resize.sides(sides, size);
        let axis = |length, resized| Axis {
            length,
            resized,
            size,
            centering: preprocessing.centering,
        };
        [axis(sides.0, resized.0), axis(sides.1, resized.1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Resize;

    #[test]
    fn the_square_lies_where_the_resize_puts_it() {
        let picture = Picture::from_rgb(40, 20, vec![0; 40 * 20 * 3]).expect("it is whole");
        let square = |resize| {
            let preprocessing = Preprocessing {
                resize,
                ..Preprocessing::default()
            };
            let Square {
                left,
                top,
                width,
                height,
            } = picture.square(10, &preprocessing);
            [left, top, width, height]
        };
        let cut = Resize::ShortestSide { side: None };
        assert_eq!(square(cut), [0.25, 0.0, 0.5, 1.0]);
        let smaller = Resize::ShortestSide { side: Some(20) };
        assert_eq!(square(smaller), [0.375, 0.25, 0.25, 0.5]);
        assert_eq!(square(Resize::LongestSide), [0.0, -0.4, 1.0, 2.0]);
        assert_eq!(square(Resize::Exact { sides: None }), [0.0, 0.0, 1.0, 1.0]);
    }
}
