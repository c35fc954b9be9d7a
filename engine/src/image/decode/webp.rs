//! The first frame of an animated WebP, as libwebp's animation decoder gives it, and so Pillow. The
//! `image` crate blends it with the canvas, which changes levels by rounding.

use image::ImageFormat;
use image::metadata::Orientation;

use super::image_crate;
use crate::image::error::{ImageError, MAX_DECODER_BYTES, WRONG_DATA, check_size};
use crate::image::samples::{Content, Layout, Samples};

/// Bytes of "RIFF", the file's length and "WEBP".
const FILE_HEADER: usize = 12;
/// Bytes of a frame's place, size, duration and flags.
const FRAME_HEADER: usize = 16;
const ANIMATED: u8 = 0x02;
const HAS_ALPHA: u8 = 0x10;

/// Decodes the first frame and draws it on the canvas; `None` if the picture is not animated.
pub(super) fn decode_animated(bytes: &[u8]) -> Option<Result<Samples, ImageError>> {
    let mut chunks = Chunks(bytes.get(FILE_HEADER..)?);
    let (b"VP8X", header) = chunks.next()? else {
        return None;
    };
    let flags = *header.first().filter(|flags| *flags & ANIMATED != 0)?;
    Some(decode_frame(header, chunks, flags & HAS_ALPHA != 0))
}

fn decode_frame(header: &[u8], chunks: Chunks, has_alpha: bool) -> Result<Samples, ImageError> {
    let wrong = || ImageError::Damaged(WRONG_DATA.to_owned());
    let missing = || ImageError::Damaged("its end is missing".to_owned());
    let canvas = [4, 7].map(|at| number(header, at).map(|side| side + 1));
    let [Some(width), Some(height)] = canvas else {
        return Err(wrong());
    };
    check_size(width as u32, height as u32)?;
    let mut frames = chunks.clone().filter(|(name, _)| *name == b"ANMF");
    let (_, frame) = frames.next().ok_or_else(missing)?;
    let places = [0, 3, 6, 9].map(|at| number(frame, at));
    let [Some(left), Some(top), Some(across), Some(down)] = places else {
        return Err(wrong());
    };
    let (left, top, across, down) = (2 * left, 2 * top, across + 1, down + 1);
    if left + across > width || top + down > height {
        return Err(wrong());
    }
    let layout = match has_alpha {
        true => Layout::Rgba,
        false => Layout::Rgb,
    };
    let channels = layout.channels();
    // The canvas, and the frame with the decoder's copy of it.
    if (channels * width * height + 8 * across * down) as u64 > MAX_DECODER_BYTES {
        let (width, height) = (width as u32, height as u32);
        return Err(ImageError::TooManyPixels { width, height });
    }
    let still = still(frame.get(FRAME_HEADER..).unwrap_or_default(), &frame[6..12]);
    let drawn = image_crate::decode(&still, ImageFormat::WebP)?;
    let Content::Pixels(pixels) = drawn.content else {
        return Err(wrong());
    };
    if drawn.stored != (across, down) {
        return Err(wrong());
    }
    let mut canvas = vec![0; channels * width * height];
    let stored = drawn.layout.channels();
    for (y, row) in pixels.chunks_exact(across * stored).enumerate() {
        let start = ((top + y) * width + left) * channels;
        let place = canvas[start..].chunks_exact_mut(channels);
        for (pixel, drawn) in place.zip(row.chunks_exact(stored)) {
            pixel[..3].copy_from_slice(&drawn[..3]);
            if let Some(alpha) = pixel.get_mut(3) {
                *alpha = drawn.get(3).copied().unwrap_or(255);
            }
        }
    }
    Ok(Samples {
        layout,
        stored: (width, height),
        content: Content::Pixels(canvas),
        orientation: orientation(chunks),
    })
}

/// A WebP of one picture, from the chunks of a frame and its size as the frame stores it.
fn still(frame: &[u8], size: &[u8]) -> Vec<u8> {
    let chunks =
        |names: &'static [&[u8; 4]]| Chunks(frame).filter(move |(name, _)| names.contains(name));
    let flags = match chunks(&[b"ALPH", b"VP8L"]).next() {
        Some(_) => HAS_ALPHA,
        None => 0,
    };
    let mut body = b"WEBP".to_vec();
    let mut add = |name: &[u8; 4], data: &[u8]| {
        body.extend(name);
        body.extend((data.len() as u32).to_le_bytes());
        body.extend(data);
        body.extend(&[0][..data.len() % 2]);
    };
    add(b"VP8X", &[&[flags, 0, 0, 0], size].concat());
    chunks(&[b"ALPH", b"VP8 ", b"VP8L"]).for_each(|(name, data)| add(name, data));
    let length = (body.len() as u32).to_le_bytes();
    [b"RIFF", &length[..], &body].concat()
}

fn orientation(mut chunks: Chunks) -> Orientation {
    let exif = chunks.find(|(name, _)| *name == b"EXIF");
    let orientation = exif.and_then(|(_, data)| {
        let data = data.strip_prefix(b"Exif\0\0").unwrap_or(data);
        Orientation::from_exif_chunk(data)
    });
    orientation.unwrap_or(Orientation::NoTransforms)
}

/// Three bytes at `at`, the lowest first.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let three = bytes.get(at..at + 3)?.iter().rev();
    Some(three.fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// The names and data of chunks, until one is cut short.
#[derive(Clone)]
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, rest) = self.0.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let length = u32::from_le_bytes(*length) as usize;
        let data = rest.get(..length)?;
        self.0 = rest.get(length + length % 2..).unwrap_or_default();
        Some((name, data))
    }
}
