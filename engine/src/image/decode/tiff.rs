//! TIFF pictures with a palette, which the `image` crate does not read, and tags in the first
//! directory of any TIFF.

use std::io::Cursor;

use image::metadata::Orientation;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use crate::image::error::{ImageError, MAX_DECODER_BYTES, WRONG_DATA, check_size};
use crate::image::samples::{Layout, Samples};

const BITS_PER_SAMPLE: u16 = 258;
const PHOTOMETRIC_INTERPRETATION: u16 = 262;
const ORIENTATION: u16 = 274;
const SAMPLES_PER_PIXEL: u16 = 277;
const GREY: u8 = 1;
const PALETTE: u32 = 3;

/// Whether its samples are single bits (Pillow's mode `1`).
pub(super) fn is_bilevel(bytes: &[u8]) -> bool {
    let only = |tag| number(bytes, tag).map_or(1, |(_, number)| number);
    only(SAMPLES_PER_PIXEL) == 1 && only(BITS_PER_SAMPLE) == 1
}

/// Decodes a picture with a palette; `None` if it has none.
pub(super) fn decode_palette(bytes: &[u8]) -> Option<Result<Samples, ImageError>> {
    match number(bytes, PHOTOMETRIC_INTERPRETATION) {
        Some((position, PALETTE)) => Some(decode_indices(bytes, position)),
        _ => None,
    }
}

/// Decodes the indices as grey levels, which the decoder supports, and looks up their colours.
fn decode_indices(bytes: &[u8], interpretation: usize) -> Result<Samples, ImageError> {
    let mut grey = bytes.to_vec();
    grey[interpretation] = GREY;
    let mut decoder = Decoder::new(Cursor::new(grey)).map_err(refused)?;
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_DECODER_BYTES as usize;
    decoder = decoder.with_limits(limits);
    let (width, height) = decoder.dimensions().map_err(refused)?;
    check_size(width, height)?;
    let pixels = u64::from(width) * u64::from(height);
    // The indices and the colours, beside the copy of the file.
    if 4 * pixels + bytes.len() as u64 > MAX_DECODER_BYTES {
        return Err(ImageError::TooManyPixels { width, height });
    }
    let bits = match decoder.colortype().map_err(refused)? {
        ColorType::Gray(bits @ (1 | 2 | 4 | 8)) => usize::from(bits),
        _ => {
            let kind = "a TIFF palette of more than 256 colours";
            return Err(ImageError::Unsupported(kind.to_owned()));
        }
    };
    let map = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(refused)?;
    let colors = 1 << bits;
    if map.len() < 3 * colors {
        let problem = "its palette lacks colours";
        return Err(ImageError::Damaged(problem.to_owned()));
    }
    // All reds, then all greens, then all blues. The upper eight of 16 bits are used.
    let color = |index: usize| [0, 1, 2].map(|channel| (map[channel * colors + index] >> 8) as u8);
    let DecodingResult::U8(indices) = decoder.read_image().map_err(refused)? else {
        let kind = "a TIFF palette with signed indices";
        return Err(ImageError::Unsupported(kind.to_owned()));
    };
    let (width, height) = (width as usize, height as usize);
    let row_bytes = (width * bits).div_ceil(8);
    let mut samples = Vec::with_capacity(3 * width * height);
    for row in indices.chunks_exact(row_bytes).take(height) {
        for x in 0..width {
            let place = x * bits;
            let shift = 8 - bits - place % 8;
            let index = usize::from(row[place / 8] >> shift) & (colors - 1);
            samples.extend(color(index));
        }
    }
    if samples.len() != 3 * width * height {
        return Err(ImageError::Damaged("its end is missing".to_owned()));
    }
    Ok(Samples {
        layout: Layout::Rgb,
        stored: (width, height),
        bytes: samples,
        orientation: orientation(bytes),
    })
}

/// The orientation. EXIF uses the same tag.
fn orientation(bytes: &[u8]) -> Orientation {
    let number = number(bytes, ORIENTATION).map(|(_, orientation)| orientation);
    number
        .and_then(|orientation| Orientation::from_exif(u8::try_from(orientation).ok()?))
        .unwrap_or(Orientation::NoTransforms)
}

/// The first number of a tag in the first directory (TIFF 6.0, section 2), after the position of
/// its lowest byte. `None` if the tag is missing or its value is outside the directory.
fn number(bytes: &[u8], tag: u16) -> Option<(usize, u32)> {
    const SHORT: u32 = 3;
    const LONG: u32 = 4;
    let big_endian = bytes.starts_with(b"MM");
    let read = |at: usize, length: usize| -> Option<u32> {
        let bytes = bytes.get(at..)?.get(..length)?;
        let join = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
        Some(match big_endian {
            true => bytes.iter().fold(0, join),
            false => bytes.iter().rev().fold(0, join),
        })
    };
    let directory = read(4, 4)? as usize;
    // All positions below are inside the file, so their sums do not overflow.
    let entries = read(directory, 2)? as usize;
    let entry = (0..entries)
        .map(|index| directory + 2 + 12 * index)
        .take_while(|entry| *entry < bytes.len())
        .find(|entry| read(*entry, 2) == Some(u32::from(tag)))?;
    let length = match (read(entry + 2, 2)?, read(entry + 4, 4)?) {
        (SHORT, 1 | 2) => 2,
        (LONG, 1) => 4,
        _ => return None,
    };
    let position = entry + 8;
    let lowest = if big_endian {
        position + length - 1
    } else {
        position
    };
    Some((lowest, read(position, length)?))
}

fn refused(error: TiffError) -> ImageError {
    match error {
        TiffError::UnsupportedError(_) => {
            ImageError::Unsupported("a TIFF of a rare kind".to_owned())
        }
        TiffError::LimitsExceeded => {
            ImageError::Unsupported("a TIFF that takes too much memory".to_owned())
        }
        TiffError::IoError(_) => ImageError::Damaged("its end is missing".to_owned()),
        _ => ImageError::Damaged(WRONG_DATA.to_owned()),
    }
}
