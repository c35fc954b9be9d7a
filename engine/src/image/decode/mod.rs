//! File bytes to samples, the same as Pillow's.
//!
//! ```text
//! mod                 chooses a decoder; the `image` crate reads the formats without a file here
//! jpeg                the pixels of libjpeg-turbo
//! png                 adds a missing end chunk, finds a late orientation
//! bmp                 16 bits a pixel
//! gif                 the first frame on its screen
//! webp                the first frame on its canvas
//! tiff                palettes, grey of few bits, what is refused
//! averaged_channels   which channels may be averaged
//! ```

mod averaged_channels;
mod bmp;
mod gif;
mod jpeg;
mod png;
mod tiff;
mod webp;

use std::io::{Cursor, ErrorKind};

use image::error::UnsupportedErrorKind;
use image::{ColorType, ImageDecoder, ImageError as CrateError, ImageFormat, ImageReader, Limits};

pub(super) use averaged_channels::AveragedChannels;

use super::error::{ImageError, MAX_DECODER_BYTES, MAX_FILE_BYTES, WRONG_DATA, check_size};
use super::samples::{Layout, Samples};

pub(super) fn decode(bytes: &[u8]) -> Result<(Samples, AveragedChannels), ImageError> {
    match bytes.len() {
        0 => return Err(ImageError::Empty),
        length if length > MAX_FILE_BYTES => return Err(ImageError::FileTooLarge(length)),
        _ => {}
    }
    let format = image::guess_format(bytes).map_err(|_| unknown(bytes))?;
    match format {
        ImageFormat::Jpeg => Ok((jpeg::decode(bytes)?, AveragedChannels::Channels)),
        ImageFormat::Gif => gif::decode(bytes),
        ImageFormat::Tiff => {
            tiff::refuse(bytes)?;
            if let Some(samples) = tiff::decode_indices(bytes) {
                return samples;
            }
            let mut samples = decode_other(bytes, format)?;
            if tiff::is_premultiplied(bytes) {
                samples.divide_by_alpha();
            }
            Ok((samples, AveragedChannels::of(bytes, format)))
        }
        ImageFormat::Png => {
            let whole = png::with_end(bytes);
            let mut samples = decode_other(&whole, format)?;
            if let Some(orientation) = png::orientation(&whole) {
                samples.orientation = orientation;
            }
            Ok((samples, AveragedChannels::of(bytes, format)))
        }
        ImageFormat::WebP => {
            let animated = webp::decode_animated(bytes);
            let samples = animated.unwrap_or_else(|| decode_other(bytes, format))?;
            Ok((samples, AveragedChannels::Channels))
        }
        ImageFormat::Bmp => {
            let mut samples = decode_other(bytes, format)?;
            bmp::round_down(&mut samples, bytes);
            Ok((samples, AveragedChannels::of(bytes, format)))
        }
        other => Err(ImageError::Unsupported(name(other))),
    }
}

/// A format's name: its usual file extension.
fn name(format: ImageFormat) -> String {
    let ending = format.extensions_str().first();
    ending.map_or("rare", |ending| *ending).to_ascii_uppercase()
}

fn decode_other(bytes: &[u8], format: ImageFormat) -> Result<Samples, ImageError> {
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
        bytes: samples,
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

/// Distinguishes a picture in an unsupported format from a file that is no picture.
fn unknown(bytes: &[u8]) -> ImageError {
    const RAW: &str = "a camera's raw photo";
    const VIDEO: &str = "a video";
    /// The end of a TGA, which has no mark at its start.
    const OF_TGA: &[u8] = b"TRUEVISION-XFILE.\0";
    let kind = match bytes {
        [_, _, _, _, b'f', b't', b'y', b'p', brands @ ..] => of_brands(brands),
        [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => "JPEG XL",
        [0xff, 0x4f, 0xff, 0x51, ..] | [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] => "JPEG 2000",
        [b'I', b'I', 0xbc, 1, ..] => "JPEG XR",
        [b'8', b'B', b'P', b'S', ..] => "Photoshop",
        [b'g', b'i', b'm', b'p', b' ', b'x', b'c', b'f', ..] => "GIMP",
        [b'I', b'I', 43, 0, ..] | [b'M', b'M', 0, 43, ..] => "BigTIFF",
        [b'I', b'I', b'R', b'O' | b'S', ..] | [b'M', b'M', b'O', b'R', ..] => RAW,
        [b'I', b'I', b'U', 0, ..] | [b'F', b'O', b'V', b'b', ..] | [0, b'M', b'R', b'M', ..] => RAW,
        [b'F', b'U', b'J', b'I', b'F', b'I', b'L', b'M', ..] => RAW,
        [b'%', b'!', b'P', b'S', ..] | [0xc5, 0xd0, 0xd3, 0xc6, ..] => "EPS",
        [b'i', b'c', b'n', b's', ..] => "ICNS",
        // Matroska and WebM, AVI, Flash, MPEG, Ogg.
        [0x1a, 0x45, 0xdf, 0xa3, ..] | [0, 0, 1, 0xb3 | 0xba, ..] => VIDEO,
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'A',
            b'V',
            b'I',
            b' ',
            ..,
        ] => VIDEO,
        [b'F', b'L', b'V', 1, ..] | [b'O', b'g', b'g', b'S', ..] => VIDEO,
        _ if bytes.ends_with(OF_TGA) => "TGA",
        _ if bytes.get(128..132) == Some(b"DICM") => "DICOM",
        _ => return unknown_text(bytes),
    };
    ImageError::Unsupported(kind.to_owned())
}

/// The kind of an ISO media file, from its brand and those that it is compatible with.
fn of_brands(brands: &[u8]) -> &'static str {
    let brand = brands.first_chunk().copied().unwrap_or_default();
    let mut compatible = brands.chunks_exact(4).skip(2).take(8);
    match &brand {
        b"avif" | b"avis" => "AVIF",
        b"mif1" | b"msf1" if compatible.any(|brand| brand == b"avif" || brand == b"avis") => "AVIF",
        b"heic" | b"heix" | b"heim" | b"heis" => "HEIC",
        b"hevc" | b"hevx" | b"hevm" | b"hevs" | b"mif1" | b"msf1" => "HEIC",
        b"crx " => "a camera's raw photo",
        _ => "a video",
    }
}

/// Recognises web pages and SVG by their tags.
fn unknown_text(bytes: &[u8]) -> ImageError {
    const READ: usize = 4096;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(READ)]).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let is_markup = text.starts_with('<');
    if is_markup && (text.contains("<html") || text.contains("<!doctype html")) {
        return ImageError::WebPage;
    }
    match is_markup && text.contains("<svg") {
        true => ImageError::Unsupported("SVG".to_owned()),
        false => ImageError::NotAPicture,
    }
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
