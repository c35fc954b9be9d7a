//! JPEG, by a decoder that gives libjpeg-turbo's pixels, bit for bit, and so Pillow's.

use std::borrow::Cow;

use image::metadata::Orientation;
use libjpeg_turbo_rs::{ColorSpace, DecodeLimits, Decoder, JpegError, PixelFormat, ScalingFactor};

use crate::image::error::{ImageError, MAX_DECODER_BYTES, MAX_PIXELS, WRONG_DATA};
use crate::image::samples::{Content, Layout, Samples};
use crate::image::ycc::{Plane, Subsampling, YccPlanes};

/// Maximum number of scans of a progressive picture. Encoders write a dozen, and each needs a pass
/// over the whole picture.
const MAX_SCANS: usize = 256;

/// Most components of a picture, and of a scan, that matter here. The decoder refuses more; without
/// a bound, a file of many scans of many components would take hours.
const MAX_COMPONENTS: usize = 4;

const END_OF_IMAGE: u8 = 0xd9;

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
    if !is_sampled_usually(&decoder) {
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
    let whole = fits(pixels);
    if !whole {
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
    if let Some(subsampling) = subsampling(&decoder).filter(|_| whole) {
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

/// Whether the decoder can upsample four components: inks that are all alike, or luma and black with
/// subsampled colour differences between them. It panics at others.
fn is_sampled_usually(decoder: &Decoder<'_>) -> bool {
    let components = &decoder.header().components;
    let [luma, blue, red, black] = components.as_slice() else {
        return true;
    };
    let [luma, blue, red, black] =
        [luma, blue, red, black].map(|of| (of.horizontal_sampling, of.vertical_sampling));
    let of = |times: (u8, u8)| luma == (times.0 * blue.0, times.1 * blue.1);
    luma == black && blue == red && (of((1, 1)) || of((2, 1)) || of((2, 2)))
}

/// How the colour differences are subsampled, if [`YccPlanes`] knows it and the picture has any.
fn subsampling(decoder: &Decoder<'_>) -> Option<Subsampling> {
    let header = decoder.header();
    let [luma, blue, red] = header.components.as_slice() else {
        return None;
    };
    let [luma, blue, red] =
        [luma, blue, red].map(|of| (of.horizontal_sampling, of.vertical_sampling));
    let is_narrow = usize::from(header.width) < YccPlanes::LEAST_WIDTH;
    if decoder.jpeg_color_space() != ColorSpace::YCbCr || blue != red || is_narrow {
        return None;
    }
    let of = |times: (u8, u8)| luma == (times.0 * blue.0, times.1 * blue.1);
    match luma {
        _ if of((1, 1)) => Some(Subsampling::None),
        _ if of((2, 1)) => Some(Subsampling::Across),
        _ if of((2, 2)) => Some(Subsampling::Both),
        _ => None,
    }
}

fn planes(decoder: Decoder<'_>, subsampling: Subsampling) -> Result<YccPlanes, JpegError> {
    let raw = decoder.decode_raw()?;
    let size = (raw.width, raw.height);
    let strides = raw.plane_widths;
    let planes = raw.planes.into_iter().zip(strides);
    let planes: Vec<Plane> = planes
        .map(|(samples, stride)| Plane { samples, stride })
        .collect();
    let planes = planes.try_into();
    let planes = planes.map_err(|_| JpegError::UnexpectedEof)?;
    Ok(YccPlanes {
        planes,
        subsampling,
        size,
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

/// How a file ends. This is checked because decoders silently fill missing parts with grey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// With the end-of-image marker.
    Marked,
    /// After all scans, but without the marker, as some phones write it.
    Unmarked,
    /// Before the end of the scans.
    Missing,
}

impl End {
    /// Follows the markers (ITU-T T.81, annex B) from the first to the end-of-image marker.
    /// Segments are skipped whole, so the end of a thumbnail inside one does not count.
    fn of(bytes: &[u8]) -> Self {
        let mut lacks = MissingBits::default();
        let mut rest = bytes;
        while let Some(start) = rest.iter().position(|byte| *byte == 0xff) {
            rest = &rest[start + 1..];
            match *rest {
                [END_OF_IMAGE, ..] => return Self::Marked,
                // A stuffed zero, a fill byte, or a marker without a segment: TEM, RST0 to RST7,
                // SOI.
                [0x00 | 0xff | 0x01 | 0xd0..=0xd8, ..] => {}
                [marker, high, low, ..] => {
                    let length = usize::from(u16::from_be_bytes([high, low]));
                    let Some(segment) = rest.get(3..1 + length) else {
                        break;
                    };
                    lacks.follow(marker, segment);
                    rest = &rest[1 + length..];
                }
                _ => break,
            }
        }
        match lacks.nothing() {
            true => Self::Unmarked,
            false => Self::Missing,
        }
    }
}

/// The bits that each coefficient of each component still lacks. In a progressive picture, later
/// scans add the lower bits.
#[derive(Default)]
struct MissingBits(Vec<(u8, [u8; 64])>);

impl MissingBits {
    fn follow(&mut self, marker: u8, segment: &[u8]) {
        match (marker, segment) {
            // A frame: precision, height, width, the number of components, three bytes for each.
            (0xc0..=0xc3 | 0xc9..=0xcb, [_, _, _, _, _, _, components @ ..]) => {
                let all = [u8::MAX; 64];
                let components = components.chunks_exact(3).take(MAX_COMPONENTS);
                self.0 = components.map(|of| (of[0], all)).collect();
            }
            // A scan: the number of components, two bytes for each, the first and the last
            // coefficient, and the bits sent before and left after.
            (0xda, [components, parameters @ ..]) => {
                let (components, [first, last, bits]) =
                    match parameters.split_at_checked(2 * usize::from(*components)) {
                        Some((components, &[first, last, bits])) => {
                            (components, [first, last, bits].map(usize::from))
                        }
                        _ => return,
                    };
                for component in components.chunks_exact(2).take(MAX_COMPONENTS) {
                    let of_it = self.0.iter_mut().filter(|(id, _)| *id == component[0]);
                    for coefficient in of_it.flat_map(|(_, left)| left.get_mut(first..=last)) {
                        coefficient.fill((bits & 0xf) as u8);
                    }
                }
            }
            _ => {}
        }
    }

    fn nothing(&self) -> bool {
        let mut components = self.0.iter();
        !self.0.is_empty() && components.all(|(_, left)| *left == [0; 64])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::samples::RowChannels;
    use crate::image::ycc::YccBuffers;

    /// Start, an application segment that holds a whole thumbnail, a scan with a stuffed zero and
    /// a restart marker, the end.
    const JPEG: [u8; 25] = [
        0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9, 0xff, 0xff, 0xda, 0, 3, 1, 0x12,
        0xff, 0, 0xff, 0xd0, 0x34, 0x56, 0xff, 0xd9,
    ];

    #[test]
    fn only_the_whole_file_has_an_end() {
        assert_eq!(End::of(&JPEG), End::Marked);
        for length in 0..JPEG.len() {
            assert_eq!(End::of(&JPEG[..length]), End::Missing, "{length}");
        }
    }

    /// Four megabytes of these took minutes.
    #[test]
    fn scans_of_many_components_take_no_time_each() {
        let segment = |marker: u8, body: &[u8]| {
            let length = (body.len() as u16 + 2).to_be_bytes();
            [&[0xff, marker][..], &length, body].concat()
        };
        let components = [1, 0x11, 0].repeat(21_000);
        let frame = segment(0xc2, &[&[8, 0, 8, 0, 8, 0][..], &components].concat());
        let scan = segment(
            0xda,
            &[&[255][..], &[1, 0].repeat(255), &[0, 63, 1]].concat(),
        );
        let file = [&[0xff, 0xd8][..], &frame, &scan.repeat(8_000)].concat();
        assert_eq!(End::of(&file), End::Missing);
    }

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
    fn bytes_after_the_end_do_not_matter() {
        let longer = [&JPEG[..], &[0xff, 0xe1, 0xff]].concat();
        assert_eq!(End::of(&longer), End::Marked);
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
