//! JPEG, by a decoder that gives libjpeg-turbo's pixels, bit for bit, and so Pillow's.

use std::borrow::Cow;

use image::metadata::Orientation;
use libjpeg_turbo_rs::{
    ColorSpace, ComponentInfo, DecodeLimits, Decoder, JpegError, PixelFormat, ScalingFactor,
};

use super::jpeg_end::{END_OF_IMAGE, End};
use crate::image::error::{ImageError, MAX_DECODER_BYTES, MAX_PIXELS, WRONG_DATA};
use crate::image::samples::{Content, Layout, Samples};
use crate::image::ycc::{Plane, Subsampling, YccPlanes};

/// Maximum number of scans of a progressive picture. Encoders write a dozen, and each needs a pass
/// over the whole picture.
const MAX_SCANS: usize = 256;

/// Decodes a picture, at half its size if it has too many pixels.
pub(super) fn decode(bytes: &[u8]) -> Result<Samples, ImageError> {
    decode_within(bytes, MAX_PIXELS)
}

fn decode_within(bytes: &[u8], max_pixels: u64) -> Result<Samples, ImageError> {
    let end = End::of(bytes);
    let whole = match end {
        // The decoder needs the marker.
        End::Unmarked => Cow::Owned([bytes, &[0xff, END_OF_IMAGE]].concat()),
        End::Marked | End::Missing => Cow::Borrowed(bytes),
    };
    let limits = DecodeLimits {
        max_scans: MAX_SCANS,
        ..DecodeLimits::default()
    };
    let mut decoder =
        Decoder::new_with_limits(&whole, limits).map_err(|error| refused(error, (0, 0)))?;
    let header = decoder.header();
    let size @ (width, height) = (u32::from(header.width), u32::from(header.height));
    let (precision, lossless) = (header.precision, header.is_lossless);
    if precision != 8 || lossless {
        return Err(ImageError::Unsupported(match lossless {
            true => "lossless JPEG".to_owned(),
            false => format!("JPEG, {precision} bits a channel"),
        }));
    }
    if width == 0 || height == 0 {
        return Err(ImageError::Damaged(WRONG_DATA.to_owned()));
    }
    let components = header.components.len();
    let (format, layout) = match components {
        1 => (PixelFormat::Grayscale, Layout::Grey),
        3 => (PixelFormat::Rgb, Layout::Rgb),
        4 => (PixelFormat::Cmyk, Layout::Cmyk),
        _ => {
            return Err(ImageError::Unsupported(format!(
                "JPEG, {components} channels"
            )));
        }
    };
    if !can_be_upsampled(&decoder) {
        return Err(ImageError::Unsupported("JPEG, a rare variant".to_owned()));
    }
    let pixels = u64::from(width) * u64::from(height);
    // Two bytes a coefficient. Only a progressive picture stores them, whatever its final size.
    let coefficients = match header.is_progressive {
        true => 2 * pixels * components as u64,
        false => 0,
    };
    // The samples, and the planes that they come from.
    let held = |pixels: u64| 2 * pixels * components as u64 + coefficients;
    let fits = |pixels| pixels <= max_pixels && held(pixels) <= MAX_DECODER_BYTES;
    let halved = u64::from(width.div_ceil(2)) * u64::from(height.div_ceil(2));
    decoder.set_output_format(format);
    let is_halved = !fits(pixels);
    if is_halved {
        if !fits(halved) {
            return Err(ImageError::TooManyPixels { width, height });
        }
        let half = ScalingFactor::try_new(1, 2).map_err(|error| refused(error, size))?;
        decoder.set_scale(half);
    }
    if end == End::Missing {
        return Err(ImageError::Damaged("its end is missing".to_owned()));
    }
    let orientation = decoder.exif_orientation().and_then(Orientation::from_exif);
    let orientation = orientation.unwrap_or(Orientation::NoTransforms);
    if let Some(subsampling) = subsampling(&decoder).filter(|_| !is_halved) {
        let stored = (width as usize, height as usize);
        let planes = planes(decoder, subsampling).map_err(|error| refused(error, size))?;
        return Ok(Samples {
            layout,
            stored,
            content: Content::Planes(planes),
            orientation,
        });
    }
    let decoded = decoder
        .decode_image()
        .map_err(|error| refused(error, size))?;
    let mut bytes = decoded.data;
    if layout == Layout::Cmyk {
        // Files store light; Pillow (`CMYK;I`) and its conversion use ink.
        bytes.iter_mut().for_each(|sample| *sample = !*sample);
    }
    Ok(Samples {
        layout,
        stored: (decoded.width, decoded.height),
        content: Content::Pixels(bytes),
        orientation,
    })
}

/// How the differences are subsampled, if [`YccPlanes`] knows it and the picture is luma with differences.
fn subsampling(decoder: &Decoder<'_>) -> Option<Subsampling> {
    let header = decoder.header();
    let is_narrow = usize::from(header.width) < YccPlanes::LEAST_WIDTH;
    match header.components.as_slice() {
        [luma, differences @ ..]
            if decoder.jpeg_color_space() == ColorSpace::YCbCr && !is_narrow =>
        {
            subsampling_of(luma, differences)
        }
        _ => None,
    }
}

/// How two components are sampled beside the first one; `None` if that is rare.
fn subsampling_of(first: &ComponentInfo, others: &[ComponentInfo]) -> Option<Subsampling> {
    let factors = |of: &ComponentInfo| (of.horizontal_sampling, of.vertical_sampling);
    let [second, third] = others else {
        return None;
    };
    let (across, down) = factors(second);
    let is = |times: (u8, u8)| factors(first) == (times.0 * across, times.1 * down);
    match factors(second) == factors(third) {
        true if is((1, 1)) => Some(Subsampling::None),
        true if is((2, 1)) => Some(Subsampling::Across),
        true if is((2, 2)) => Some(Subsampling::Both),
        _ => None,
    }
}

/// Whether the decoder can upsample the picture. Of four components, it panics unless the last is sampled
/// as the first, and the two between them are subsampled as differences are.
fn can_be_upsampled(decoder: &Decoder<'_>) -> bool {
    let factors = |of: &ComponentInfo| (of.horizontal_sampling, of.vertical_sampling);
    match decoder.header().components.as_slice() {
        [first, others @ .., last] if others.len() == 2 => {
            factors(first) == factors(last) && subsampling_of(first, others).is_some()
        }
        _ => true,
    }
}

fn planes(decoder: Decoder<'_>, subsampling: Subsampling) -> Result<YccPlanes, JpegError> {
    let raw = decoder.decode_raw()?;
    let planes = raw.planes.into_iter().zip(raw.plane_widths);
    let planes: Vec<Plane> = planes
        .map(|(samples, stride)| Plane { samples, stride })
        .collect();
    Ok(YccPlanes {
        planes: planes.try_into().map_err(|_| JpegError::UnexpectedEof)?,
        subsampling,
        size: (raw.width, raw.height),
    })
}

fn refused(error: JpegError, (width, height): (u32, u32)) -> ImageError {
    match error {
        JpegError::LimitExceeded { .. } | JpegError::AllocationFailed { .. } => {
            ImageError::TooManyPixels { width, height }
        }
        JpegError::Unsupported(_) => ImageError::Unsupported("JPEG, a rare variant".to_owned()),
        JpegError::UnexpectedEof => ImageError::Damaged("its end is missing".to_owned()),
        _ => ImageError::Damaged(WRONG_DATA.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::samples::RowChannels;
    use crate::image::ycc::YccBuffers;

    /// Rows from planes, against the decoder's own upsampling and conversion.
    #[test]
    fn planes_give_the_pixels_of_the_decoder() {
        let mut state = 1u32;
        let mut noise = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let subsamplings = [
            libjpeg_turbo_rs::Subsampling::S444,
            libjpeg_turbo_rs::Subsampling::S422,
            libjpeg_turbo_rs::Subsampling::S420,
        ];
        for subsampling in subsamplings {
            for (width, height) in [(8, 1), (9, 2), (16, 16), (17, 33), (31, 7), (70, 50)] {
                let pixels: Vec<u8> = (0..width * height * 3).map(&mut noise).collect();
                let encoder =
                    libjpeg_turbo_rs::Encoder::new(&pixels, width, height, PixelFormat::Rgb);
                let file = encoder
                    .subsampling(subsampling)
                    .quality(90)
                    .encode()
                    .unwrap();
                let right = Decoder::decode_to(&file, PixelFormat::Rgb).unwrap().data;
                let samples = decode(&file).unwrap();
                assert!(matches!(samples.content, Content::Planes(_)));
                for columns in [0..width, 1..width, width / 3..width - 1] {
                    let mut planes = vec![vec![0; columns.len()]; 3];
                    let mut buffers = YccBuffers::default();
                    for y in 0..height {
                        let channels = RowChannels::Colors;
                        samples.read_row(y, columns.clone(), channels, &mut planes, &mut buffers);
                        for (at, x) in columns.clone().enumerate() {
                            let pixel = [0, 1, 2].map(|channel: usize| planes[channel][at]);
                            let right = &right[(y * width + x) * 3..][..3];
                            assert_eq!(
                                pixel, right,
                                "{width} × {height}, {x}, {y}, {subsampling:?}"
                            );
                        }
                    }
                }
            }
        }
    }

    /// `file` with its frame's header changed; `change` begins at its precision.
    fn with_frame(file: &[u8], change: impl Fn(&mut [u8])) -> Vec<u8> {
        let mut file = file.to_vec();
        let frame = file
            .windows(4)
            .position(|bytes| bytes[..3] == [0xff, 0xc0, 0]);
        change(&mut file[frame.expect("it is a baseline JPEG") + 4..]);
        file
    }

    #[test]
    fn a_picture_without_lines_is_damaged() {
        let pixels = [90; 16 * 16 * 3];
        let encoder = libjpeg_turbo_rs::Encoder::new(&pixels, 16, 16, PixelFormat::Rgb);
        let file = encoder.encode().unwrap();
        for side in [1..3, 3..5] {
            let none = with_frame(&file, |frame| frame[side.clone()].fill(0));
            let error = decode(&none).err();
            assert!(matches!(error, Some(ImageError::Damaged(_))), "{error:?}");
        }
    }

    #[test]
    fn inks_that_are_sampled_unlike_each_other_are_refused() {
        let file = include_bytes!("../../../../tests/fixtures/pictures/cmyk.jpg");
        assert!(decode(file).is_ok());
        for ink in 0..4 {
            let odd = with_frame(file, |frame| frame[7 + 3 * ink] = 0x31);
            let error = decode(&odd).err();
            assert!(
                matches!(error, Some(ImageError::Unsupported(_))),
                "{ink}: {error:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_held_is_decoded_at_half_its_size() {
        let bytes = include_bytes!("../../../../tests/fixtures/pictures/halved.jpg");
        let expected = include_bytes!("../../../../tests/fixtures/pictures/halved.jpg.half.png");
        let expected = image::load_from_memory(expected).unwrap().into_rgb8();
        let (width, height) = (101, 75);
        let whole = decode_within(bytes, width * height).unwrap();
        assert_eq!(whole.size(), (101, 75));
        let half = decode_within(bytes, width * height - 1).unwrap();
        assert_eq!(half.size(), (51, 38));
        let Content::Pixels(half) = half.content else {
            panic!("a halved picture has pixels");
        };
        assert_eq!(half, expected.into_raw());
        let error = decode_within(bytes, 51 * 38 - 1).err();
        assert!(matches!(error, Some(ImageError::TooManyPixels { .. })));
    }
}
