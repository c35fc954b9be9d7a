//! File bytes to samples: JPEG by its own decoder, the rest through the `image` crate.

use std::io::{Cursor, ErrorKind};

use image::{ColorType, ImageDecoder, ImageError as CrateError, ImageFormat, ImageReader, Limits};

use super::error::{ImageError, MAX_DECODER_BYTES, MAX_FILE_BYTES, check_size};
use super::jpeg;
use super::mixable::Mixable;
use super::samples::{Layout, Samples};

pub(super) fn decode(bytes: &[u8]) -> Result<(Samples, Mixable), ImageError> {
    match bytes.len() {
        0 => return Err(ImageError::Empty),
        length if length > MAX_FILE_BYTES => return Err(ImageError::FileTooLarge(length)),
        _ => {}
    }
    let format = image::guess_format(bytes).map_err(|_| unknown(bytes))?;
    let samples = match format {
        ImageFormat::Jpeg => jpeg::decode(bytes)?,
        format => decode_other(bytes, format)?,
    };
    let mixable = Mixable::of(bytes, format);
    Ok((samples, mixable))
}

fn decode_other(bytes: &[u8], format: ImageFormat) -> Result<Samples, ImageError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader
        .into_decoder()
        .map_err(|error| refused(error, (0, 0)))?;
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
        .map_err(|error| refused(error, size))?;
    let color = decoder.color_type();
    let mut samples = vec![0; decoder.total_bytes() as usize];
    decoder
        .read_image(&mut samples)
        .map_err(|error| refused(error, size))?;
    Ok(Samples {
        layout: eight_bits(&mut samples, color)?,
        stored: (width as usize, height as usize),
        bytes: samples,
        orientation,
    })
}

/// Makes samples 8-bit ones in place. Of 16 bits the upper eight are kept, as Pillow does; the
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
        other => return Err(ImageError::Unsupported(format!("{other:?}"))),
    };
    let count = samples.len() / bytes;
    match bytes {
        2 => (0..count).for_each(|at| {
            let sample = u16::from_ne_bytes([samples[2 * at], samples[2 * at + 1]]);
            samples[at] = (sample >> 8) as u8;
        }),
        4 => (0..count).for_each(|at| {
            let sample = [0, 1, 2, 3].map(|byte| samples[4 * at + byte]);
            // Light of 0 to 1; a cast sends NaN to zero.
            samples[at] = (f32::from_ne_bytes(sample).clamp(0.0, 1.0) * 255.0).round() as u8;
        }),
        _ => {}
    }
    samples.truncate(count);
    samples.shrink_to_fit();
    Ok(layout)
}

/// Tells a photo of a phone, which a person takes for a picture with good reason, from no picture.
fn unknown(bytes: &[u8]) -> ImageError {
    match bytes.get(4..8) {
        Some(b"ftyp") => ImageError::Unsupported("HEIC, AVIF or a video".to_owned()),
        _ => ImageError::NotAPicture,
    }
}

fn refused(error: CrateError, (width, height): (u32, u32)) -> ImageError {
    match error {
        CrateError::Limits(_) => ImageError::TooManyPixels { width, height },
        CrateError::Unsupported(error) => ImageError::Unsupported(error.to_string()),
        CrateError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            ImageError::Damaged("its end is missing".to_owned())
        }
        error => ImageError::Damaged(error.to_string()),
    }
}
