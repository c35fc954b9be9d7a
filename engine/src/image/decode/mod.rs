//! File bytes to samples, the same as Pillow's.
//!
//! ```text
//! mod                 chooses a decoder
//! image_crate         formats that the `image` crate decodes
//! jpeg                the pixels of libjpeg-turbo;  jpeg_end  whether a file is whole
//! png                 adds a missing end chunk, finds a late orientation
//! bmp                 16 bits a pixel
//! gif                 the first frame on its screen
//! webp                the first frame on its canvas
//! tiff                palettes, grey of few bits, what is refused
//! unknown             names files in no supported format
//! averaged_channels   which channels may be averaged
//! ```

mod averaged_channels;
mod bmp;
mod gif;
mod image_crate;
mod jpeg;
mod jpeg_end;
mod png;
mod tiff;
mod unknown;
mod webp;

use image::ImageFormat;

pub(super) use averaged_channels::AveragedChannels;

use super::error::{ImageError, MAX_FILE_BYTES};
use super::samples::Samples;

/// What every JPEG file begins with.
const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];

/// Samples, and which of their channels may be averaged.
type Decoded = Result<(Samples, AveragedChannels), ImageError>;

/// Decodes a picture.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    if let Some(decoded) = decode_jpeg(bytes) {
        return decoded;
    }
    check_length(bytes)?;
    let format = image::guess_format(bytes).map_err(|_| unknown::refusal(bytes))?;
    match format {
        ImageFormat::Gif => gif::decode(bytes),
        ImageFormat::Tiff => {
            tiff::refuse(bytes)?;
            if let Some(samples) = tiff::decode_indices(bytes) {
                return samples;
            }
            let mut samples = image_crate::decode(bytes, format)?;
            if tiff::is_premultiplied(bytes) {
                samples.divide_by_alpha();
            }
            let averaged = match tiff::is_bilevel(bytes) {
                true => AveragedChannels::Nothing,
                false => AveragedChannels::Channels,
            };
            Ok((samples, averaged))
        }
        ImageFormat::Png => {
            let whole = png::with_end(bytes);
            let mut samples = image_crate::decode(&whole, format)?;
            if let Some(orientation) = png::orientation(&whole) {
                samples.orientation = orientation;
            }
            Ok((samples, AveragedChannels::of_png(bytes)))
        }
        ImageFormat::WebP => {
            let animated = webp::decode_animated(bytes);
            let samples = animated.unwrap_or_else(|| image_crate::decode(bytes, format))?;
            Ok((samples, AveragedChannels::Channels))
        }
        ImageFormat::Bmp => {
            let mut samples = image_crate::decode(bytes, format)?;
            bmp::round_down(&mut samples, bytes);
            Ok((samples, AveragedChannels::of_bmp(bytes)))
        }
        other => Err(ImageError::Unsupported(image_crate::name(other))),
    }
}

/// Decodes a JPEG file; `None` if it is none.
pub(super) fn decode_jpeg(bytes: &[u8]) -> Option<Decoded> {
    let decoded = || {
        check_length(bytes)?;
        Ok((jpeg::decode(bytes)?, AveragedChannels::Channels))
    };
    bytes.starts_with(&JPEG).then(decoded)
}

fn check_length(bytes: &[u8]) -> Result<(), ImageError> {
    match bytes.len() {
        0 => Err(ImageError::Empty),
        length if length > MAX_FILE_BYTES => Err(ImageError::FileTooLarge(length)),
        _ => Ok(()),
    }
}
