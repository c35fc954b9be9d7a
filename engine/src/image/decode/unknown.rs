//! Names files that are no picture of a supported format.

use crate::image::error::ImageError;

/// Distinguishes a picture in an unsupported format from a file that is no picture.
pub(super) fn refusal(bytes: &[u8]) -> ImageError {
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
