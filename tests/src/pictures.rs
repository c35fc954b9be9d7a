//! Good and bad picture files, generated here so that they can be distributed with the code.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A picture file.
#[derive(Clone, Debug)]
pub struct PictureFile {
    /// With its extension.
    pub name: String,
    /// Its media type.
    pub kind: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl PictureFile {
    fn new(name: &str, kind: &'static str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            bytes,
        }
    }

    /// The same picture in a file with other bytes: the page keeps one card for files that are equal.
    /// Decoders ignore what follows a picture's end.
    #[must_use]
    pub fn copy(mut self, number: usize) -> Self {
        self.bytes.extend(format!("copy {number}").bytes());
        self
    }
}

/// A red disc on a sky that fades from blue to white, wider than high.
pub fn disc() -> PictureFile {
    let picture = RgbImage::from_fn(160, 120, |x, y| {
        let (across, down) = (x as f32 - 60.0, y as f32 - 50.0);
        match across.hypot(down) < 34.0 {
            true => Rgb([210, 30, 40]),
            false => Rgb([(90 + y) as u8, (140 + y / 2) as u8, 250]),
        }
    });
    PictureFile::new("disc.png", "image/png", png(picture))
}

/// One colour as PNG, and the same as SVG.
pub fn plain_and_svg() -> [PictureFile; 2] {
    let picture = RgbImage::from_pixel(64, 48, Rgb([30, 120, 200]));
    let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='64' height='48'>\
               <rect width='64' height='48' fill='rgb(30,120,200)'/></svg>";
    [
        PictureFile::new("plain.png", "image/png", png(picture)),
        PictureFile::new("plain.svg", "image/svg+xml", svg.into()),
    ]
}

/// Green and yellow stripes, higher than wide.
pub fn stripes() -> PictureFile {
    let picture = RgbImage::from_fn(90, 200, |x, y| match (x / 3 + y / 7) % 4 {
        0 | 1 => Rgb([20, 120 + (y / 2) as u8, 40]),
        _ => Rgb([240, 220, (x * 2) as u8]),
    });
    PictureFile::new("stripes.jpg", "image/jpeg", jpeg(&picture))
}

/// Pictures of the size a camera takes, so that they keep a worker busy for seconds.
pub fn many_large() -> Vec<PictureFile> {
    let picture = RgbImage::from_fn(4000, 3000, |x, y| {
        Rgb([(x / 16) as u8, (y / 12) as u8, ((x + y) / 28) as u8])
    });
    let bytes = jpeg(&picture);
    let name = |number| format!("large-{number}.jpg");
    (0..12)
        .map(|number| PictureFile::new(&name(number), "image/jpeg", bytes.clone()).copy(number))
        .collect()
}

/// A picture of a web photograph's size, with as much detail as a hazy photograph.
pub fn medium() -> PictureFile {
    let picture = RgbImage::from_fn(640, 480, |x, y| {
        let wave = |along: u32, across: u32| {
            let (along, across) = (along as f32 / 31.0, across as f32 / 47.0);
            (127.5 + 127.5 * (along + across.sin()).sin()) as u8
        };
        Rgb([wave(x, y), wave(y, x), wave(x + y, x)])
    });
    PictureFile::new("medium.jpg", "image/jpeg", jpeg(&picture))
}

/// Text under the name of a picture.
pub fn not_a_picture() -> PictureFile {
    PictureFile::new(
        "letter.png",
        "image/png",
        b"Dear reader, this is no picture.".repeat(20),
    )
}

/// The first half of a JPEG.
pub fn truncated() -> PictureFile {
    let mut bytes = stripes().bytes;
    bytes.truncate(bytes.len() / 2);
    PictureFile::new("half.jpg", "image/jpeg", bytes)
}

/// No bytes at all.
pub fn empty() -> PictureFile {
    PictureFile::new("empty.png", "image/png", Vec::new())
}

/// A sound PNG of 20,000 × 20,000 black pixels in some kilobytes.
///
/// # Panics
/// Never: what it writes is sound.
pub fn enormous() -> PictureFile {
    const SIDE: u32 = 20_000;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIDE, SIDE);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder
        .write_header()
        .expect("a header can be written to memory");
    let rows = vec![0; SIDE.div_ceil(8) as usize * SIDE as usize];
    writer
        .write_image_data(&rows)
        .expect("the data has the declared size");
    writer.finish().expect("an end can be written to memory");
    PictureFile::new("enormous.png", "image/png", bytes)
}

fn png(picture: RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture)
        .write_to(&mut bytes, ImageFormat::Png)
        .expect("a picture in memory can be encoded");
    bytes.into_inner()
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 92)
        .encode_image(picture)
        .expect("a picture in memory can be encoded");
    bytes
}

#[cfg(test)]
mod tests {
    use glance_engine::Picture;
    use glance_engine::image::Preprocessing;

    use super::*;

    #[test]
    fn a_copy_shows_the_same_picture() {
        let levels = |file: &PictureFile| {
            let picture = Picture::decode(&file.bytes).expect("it is sound");
            picture.levels(32, &Preprocessing::default())
        };
        for file in [disc(), stripes()] {
            let copy = file.clone().copy(3);
            assert_ne!(copy.bytes, file.bytes);
            assert_eq!(levels(&copy), levels(&file));
        }
    }
}
