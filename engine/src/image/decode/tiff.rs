//! TIFF pictures with a palette or grey of few bits, which the `image` crate does not read, and tags
//! in the first directory of any TIFF.

use std::io::Cursor;

use image::metadata::Orientation;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::averaged_channels::AveragedChannels;
use crate::image::error::{ImageError, MAX_DECODER_BYTES, WRONG_DATA, check_size};
use crate::image::samples::{Content, Layout, Samples};

const NEW_SUBFILE_TYPE: u16 = 254;
const BITS_PER_SAMPLE: u16 = 258;
const PHOTOMETRIC_INTERPRETATION: u16 = 262;
const FILL_ORDER: u16 = 266;
const ORIENTATION: u16 = 274;
const SAMPLES_PER_PIXEL: u16 = 277;
const EXTRA_SAMPLES: u16 = 338;
const DNG_VERSION: u16 = 50706;
/// Values of the tags above.
const THUMBNAIL: u32 = 1;
const WHITE_IS_ZERO: u32 = 0;
const GREY: u32 = 1;
const PALETTE: u32 = 3;
const LOWEST_BIT_FIRST: u32 = 2;
const PREMULTIPLIED: u32 = 1;

/// Refuses what the decoder would read wrongly: raw photos of cameras, whose first picture is a
/// thumbnail, and bytes whose bits are in reverse order.
pub(super) fn refuse(bytes: &[u8]) -> Result<(), ImageError> {
    let value = |tag| number(bytes, tag).map(|(_, number)| number);
    let thumbnail = value(NEW_SUBFILE_TYPE).is_some_and(|kind| kind & THUMBNAIL != 0);
    let canon = bytes.get(8..10) == Some(b"CR");
    let kind = if canon || entry(bytes, DNG_VERSION).is_some() {
        "a camera's raw photo"
    } else if thumbnail {
        "a camera's raw photo or another TIFF with a thumbnail first"
    } else if value(FILL_ORDER) == Some(LOWEST_BIT_FIRST) {
        "TIFF, the lowest bit first"
    } else {
        return Ok(());
    };
    Err(ImageError::Unsupported(kind.to_owned()))
}

/// Whether its samples are single bits (Pillow's mode `1`).
pub(super) fn is_bilevel(bytes: &[u8]) -> bool {
    only(bytes, SAMPLES_PER_PIXEL) == 1 && only(bytes, BITS_PER_SAMPLE) == 1
}

/// Whether its colours are multiplied by alpha.
pub(super) fn is_premultiplied(bytes: &[u8]) -> bool {
    number(bytes, EXTRA_SAMPLES).is_some_and(|(_, kind)| kind == PREMULTIPLIED)
}

/// The value of a tag that is 1 unless it is given.
fn only(bytes: &[u8], tag: u16) -> u32 {
    number(bytes, tag).map_or(1, |(_, number)| number)
}

/// Decodes a picture with a palette, or grey of two or four bits; `None` if it is another.
pub(super) fn decode_indices(
    bytes: &[u8],
) -> Option<Result<(Samples, AveragedChannels), ImageError>> {
    let (position, interpretation) = number(bytes, PHOTOMETRIC_INTERPRETATION)?;
    let few_bits =
        only(bytes, SAMPLES_PER_PIXEL) == 1 && [2, 4].contains(&only(bytes, BITS_PER_SAMPLE));
    match interpretation {
        PALETTE => {}
        WHITE_IS_ZERO | GREY if few_bits => {}
        _ => return None,
    }
    Some(decode(bytes, position, interpretation))
}

/// Decodes the indices as grey levels, which the decoder supports, and looks up what they mean.
fn decode(
    bytes: &[u8],
    position: usize,
    interpretation: u32,
) -> Result<(Samples, AveragedChannels), ImageError> {
    let mut grey = bytes.to_vec();
    grey[position] = GREY as u8;
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
    let colors = 1 << bits;
    let (layout, table) = match interpretation {
        PALETTE => (Layout::Rgb, palette(&mut decoder, colors)?),
        _ => {
            let level = |index: usize| (index * 255 / (colors - 1)) as u8;
            let level = |index| match interpretation {
                WHITE_IS_ZERO => !level(index),
                _ => level(index),
            };
            (Layout::Grey, (0..colors).map(level).collect())
        }
    };
    let channels = layout.channels();
    let DecodingResult::U8(indices) = decoder.read_image().map_err(refused)? else {
        let kind = "a TIFF palette with signed indices";
        return Err(ImageError::Unsupported(kind.to_owned()));
    };
    let (width, height) = (width as usize, height as usize);
    let row_bytes = (width * bits).div_ceil(8);
    let mut samples = Vec::with_capacity(channels * width * height);
    for row in indices.chunks_exact(row_bytes).take(height) {
        for x in 0..width {
            let place = x * bits;
            let shift = 8 - bits - place % 8;
            let index = usize::from(row[place / 8] >> shift) & (colors - 1);
            samples.extend_from_slice(&table[index * channels..][..channels]);
        }
    }
    if samples.len() != channels * width * height {
        return Err(ImageError::Damaged("its end is missing".to_owned()));
    }
    let samples = Samples {
        layout,
        stored: (width, height),
        content: Content::Pixels(samples),
        orientation: orientation(bytes),
    };
    Ok(match interpretation {
        PALETTE => (samples, AveragedChannels::Nothing),
        _ => (samples, AveragedChannels::Channels),
    })
}

/// The palette, three bytes a colour.
fn palette(decoder: &mut Decoder<Cursor<Vec<u8>>>, colors: usize) -> Result<Vec<u8>, ImageError> {
    let map = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(refused)?;
    if map.len() < 3 * colors {
        let problem = "its palette lacks colours";
        return Err(ImageError::Damaged(problem.to_owned()));
    }
    // All reds, then all greens, then all blues. The upper eight of 16 bits are used.
    let color = |index: usize| [0, 1, 2].map(|channel| (map[channel * colors + index] >> 8) as u8);
    Ok((0..colors).flat_map(color).collect())
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
    let entry = entry(bytes, tag)?;
    let length = match (read(bytes, entry + 2, 2)?, read(bytes, entry + 4, 4)?) {
        (SHORT, 1 | 2) => 2,
        (LONG, 1) => 4,
        _ => return None,
    };
    let position = entry + 8;
    let lowest = if bytes.starts_with(b"MM") {
        position + length - 1
    } else {
        position
    };
    Some((lowest, read(bytes, position, length)?))
}

/// The position of a tag's entry in the first directory.
fn entry(bytes: &[u8], tag: u16) -> Option<usize> {
    let directory = read(bytes, 4, 4)? as usize;
    // All positions below are inside the file, so their sums do not overflow.
    let entries = read(bytes, directory, 2)? as usize;
    (0..entries)
        .map(|index| directory + 2 + 12 * index)
        .take_while(|entry| *entry < bytes.len())
        .find(|entry| read(bytes, *entry, 2) == Some(u32::from(tag)))
}

/// A number of `length` bytes in the file's byte order.
fn read(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    let big_endian = bytes.starts_with(b"MM");
    let bytes = bytes.get(at..)?.get(..length)?;
    let join = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
    Some(match big_endian {
        true => bytes.iter().fold(0, join),
        false => bytes.iter().rev().fold(0, join),
    })
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
