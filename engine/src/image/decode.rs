//! File bytes to upright RGB, through the `image` crate.

use std::io::{Cursor, ErrorKind};

use image::{
    DynamicImage, ImageDecoder, ImageError as CrateError, ImageFormat, ImageReader, Limits,
};

use super::{ImageError, MAX_DECODER_BYTES, MAX_FILE_BYTES, MAX_PIXELS, Picture, jpeg};

pub(super) fn decode(bytes: &[u8]) -> Result<Picture, ImageError> {
    match bytes.len() {
        0 => return Err(ImageError::Empty),
        length if length > MAX_FILE_BYTES => return Err(ImageError::FileTooLarge(length)),
        _ => {}
    }
    let format = image::guess_format(bytes).map_err(|_| unknown(bytes))?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    reader.limits(limits);
    let mut decoder = reader
        .into_decoder()
        .map_err(|error| refused(error, (0, 0)))?;
    let size @ (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(ImageError::Damaged("it has no pixels".to_owned()));
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || decoder.total_bytes() > MAX_DECODER_BYTES {
        return Err(ImageError::TooManyPixels { width, height });
    }
    if format == ImageFormat::Jpeg && !jpeg::is_complete(bytes) {
        return Err(ImageError::Damaged("its end is missing".to_owned()));
    }
    let orientation = decoder
        .orientation()
        .map_err(|error| refused(error, size))?;
    let decoded = DynamicImage::from_decoder(decoder).map_err(|error| refused(error, size))?;
    let mut upright = DynamicImage::ImageRgb8(eight_bits(decoded).into_rgb8());
    upright.apply_orientation(orientation);
    let upright = upright.into_rgb8();
    Ok(Picture {
        width: upright.width() as usize,
        height: upright.height() as usize,
        rgb: upright.into_raw(),
    })
}

/// Keeps the upper eight of 16 bits, as Pillow does; the crate's own conversion rounds.
fn eight_bits(picture: DynamicImage) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let upper = |samples: Vec<u16>| {
        samples
            .into_iter()
            .map(|sample| (sample >> 8) as u8)
            .collect()
    };
    const FITS: &str = "the sample count is unchanged";
    match picture {
        DynamicImage::ImageLuma16(pixels) => {
            image::GrayImage::from_raw(width, height, upper(pixels.into_raw()))
                .expect(FITS)
                .into()
        }
        DynamicImage::ImageLumaA16(pixels) => {
            image::GrayAlphaImage::from_raw(width, height, upper(pixels.into_raw()))
                .expect(FITS)
                .into()
        }
        DynamicImage::ImageRgb16(pixels) => {
            image::RgbImage::from_raw(width, height, upper(pixels.into_raw()))
                .expect(FITS)
                .into()
        }
        DynamicImage::ImageRgba16(pixels) => {
            image::RgbaImage::from_raw(width, height, upper(pixels.into_raw()))
                .expect(FITS)
                .into()
        }
        other => other,
    }
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
