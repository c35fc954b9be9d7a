//! Formats that the `image` crate decodes as Pillow does, or nearly.

use std::io::{Cursor, ErrorKind};

use image::error::UnsupportedErrorKind;
use image::{ColorType, ImageDecoder, ImageError as CrateError, ImageFormat, ImageReader, Limits};

use super::png;
use crate::image::error::{ImageError, MAX_DECODER_BYTES, WRONG_DATA, check_size};
use crate::image::samples::{Content, Layout, Samples};

/// Decodes a picture's samples.
pub(super) fn decode(bytes: &[u8], format: ImageFormat) -> Result<Samples, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader
        .into_decoder()
        .map_err(|error| refused(error, format, png::size(bytes)))?;
    let size @ (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let copies = match format {
        ImageFormat::Tiff | ImageFormat::WebP => 2,
        _ => 1,
    };
    if copies * decoder.total_bytes() > MAX_DECODER_BYTES {
        return Err(ImageError::TooManyPixels { width, height });
    }
    let orientation = decoder
        .orientation()
        .map_err(|error| refused(error, format, size))?;
    let color = decoder.color_type();
    let mut samples = vec![0; decoder.total_bytes() as usize];
    decoder
        .read_image(&mut samples)
        .map_err(|error| refused(error, format, size))?;
    Ok(Samples {
        layout: eight_bits(&mut samples, color)?,
        stored: (width as usize, height as usize),
        content: Content::Pixels(samples),
        orientation,
    })
}

/// Converts samples to 8 bits in place. The upper eight of 16 bits are kept, as in Pillow; the
/// crate's own conversion rounds.
fn eight_bits(samples: &mut Vec<u8>, color: ColorType) -> Result<Layout, ImageError> {
    let (layout, bytes) = match color {
        ColorType::L8 => (Layout::Grey, 1),
        ColorType::La8 => (Layout::GreyAlpha, 1),
        ColorType::Rgb8 => (Layout::Rgb, 1),
        ColorType::Rgba8 => (Layout::Rgba, 1),
        ColorType::L16 => (Layout::Grey, 2),
        ColorType::La16 => (Layout::GreyAlpha, 2),
        ColorType::Rgb16 => (Layout::Rgb, 2),
        ColorType::Rgba16 => (Layout::Rgba, 2),
        ColorType::Rgb32F => (Layout::Rgb, 4),
        ColorType::Rgba32F => (Layout::Rgba, 4),
        // The crate decodes to no other type today.
        _ => return Err(ImageError::Unsupported("rare colours".to_owned())),
    };
    let count = samples.len() / bytes;
    match bytes {
        2 => (0..count).for_each(|at| {
            let sample = u16::from_ne_bytes([samples[2 * at], samples[2 * at + 1]]);
            samples[at] = (sample >> 8) as u8;
        }),
        4 => (0..count).for_each(|at| {
            let sample = [0, 1, 2, 3].map(|byte| samples[4 * at + byte]);
            // Floats are 0 to 1. The cast turns NaN into zero.
            samples[at] = (f32::from_ne_bytes(sample).clamp(0.0, 1.0) * 255.0).round() as u8;
        }),
        _ => {}
    }
    samples.truncate(count);
    samples.shrink_to_fit();
    Ok(layout)
}

fn refused(error: CrateError, format: ImageFormat, (width, height): (u32, u32)) -> ImageError {
    match error {
        CrateError::Limits(_) => ImageError::TooManyPixels { width, height },
        CrateError::Unsupported(error) => {
            let kind = match error.kind() {
                UnsupportedErrorKind::Color(_) => "its colours",
                _ => "a rare variant",
            };
            ImageError::Unsupported(format!("{}, {kind}", name(format)))
        }
        CrateError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            ImageError::Damaged("its end is missing".to_owned())
        }
        _ => ImageError::Damaged(WRONG_DATA.to_owned()),
    }
}

/// A format's name: its usual file extension.
pub(super) fn name(format: ImageFormat) -> String {
    let ending = format.extensions_str().first();
    ending.map_or("rare", |ending| *ending).to_ascii_uppercase()
}
