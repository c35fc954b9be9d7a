//! Pictures that are cut short, damaged or of another kind.

use glance_engine::Picture;
use glance_engine::image::{ImageError, MAX_SIDE};

use crate::{files, levels, prepared, read};

#[test]
fn a_picture_cut_short_is_an_error_in_every_format() {
    for file in files() {
        // The first frame of an animation may be whole even if the file is not.
        if file.starts_with("animated") {
            continue;
        }
        let whole = read(&file);
        for length in [whole.len() / 4, whole.len() / 2, whole.len() * 3 / 4] {
            let error = Picture::decode(&whole[..length]).err();
            assert!(
                matches!(
                    error,
                    Some(ImageError::Damaged(_) | ImageError::NotAPicture)
                ),
                "{length} of {} bytes of {file}: {error:?}",
                whole.len(),
            );
        }
    }
}

/// As phones write panoramas: no end marker, or something else in its place.
#[test]
fn a_jpeg_needs_all_its_lines_but_no_end_marker() {
    for file in files().into_iter().filter(|file| file.ends_with(".jpg")) {
        let whole = read(&file);
        let end = whole.len() - 2;
        assert_eq!(whole[end..], [0xff, 0xd9], "{file}");
        let expected = prepared(&Picture::decode(&whole).unwrap(), 32, &levels());
        let trailer = b"\0\0\x0a\x08\x10\0\0\0Image_UTC_Data1510000000000SEFH";
        for rest in [&[][..], &[0xff], trailer] {
            let picture = Picture::decode(&[&whole[..end], rest].concat());
            let picture = picture.unwrap_or_else(|error| panic!("{file} and {rest:?}: {error}"));
            assert_eq!(prepared(&picture, 32, &levels()), expected, "{file}");
        }
        let last_scan = whole.windows(2).rposition(|marker| marker == [0xff, 0xda]);
        let last_scan = last_scan.unwrap();
        // Every decoder takes a trailer in place of data for data.
        for (length, rest) in [
            (end - 24, &[][..]),
            (end - 24, &[0xff, 0xd9]),
            (last_scan, &[]),
            (last_scan, trailer),
        ] {
            let error = Picture::decode(&[&whole[..length], rest].concat()).err();
            assert!(
                matches!(error, Some(ImageError::Damaged(_))),
                "{length} of {} bytes of {file} and {rest:?}: {error:?}",
                whole.len(),
            );
        }
    }
}

#[test]
fn a_png_needs_all_its_lines_but_no_end_chunk() {
    for file in files().into_iter().filter(|file| file.ends_with(".png")) {
        let whole = read(&file);
        let expected = prepared(&Picture::decode(&whole).unwrap(), 32, &levels());
        for length in [whole.len() - 12, whole.len() - 1] {
            let picture = Picture::decode(&whole[..length]);
            let picture = picture.unwrap_or_else(|error| panic!("{file}: {error}"));
            assert_eq!(prepared(&picture, 32, &levels()), expected, "{file}");
        }
        let error = Picture::decode(&whole[..whole.len() - 20]).err();
        assert!(
            matches!(error, Some(ImageError::Damaged(_))),
            "{file}: {error:?}"
        );
    }
}

/// Random bytes: what decodes is a whole picture, the rest is an error, never a panic.
#[test]
fn damaged_bytes_never_panic() {
    let mut state = 1u64;
    let mut random = |bound: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % bound
    };
    for file in files() {
        let whole = read(&file);
        for _ in 0..20 {
            let mut bytes = whole.clone();
            for _ in 0..1 + random(4) {
                let position = random(bytes.len());
                bytes[position] = random(256) as u8;
            }
            if let Ok(picture) = Picture::decode(&bytes) {
                assert_eq!(prepared(&picture, 8, &levels()).len(), 8 * 8 * 3);
            }
        }
    }
}

#[test]
fn what_is_no_picture_says_so() {
    let sentence = |bytes: &[u8]| Picture::decode(bytes).err().unwrap().to_string();
    assert_eq!(sentence(b""), "The file is empty; choose another picture.");
    let other = "This file is not a picture; choose a JPEG, PNG, WebP, GIF, BMP or TIFF file.";
    for bytes in [&b"hello"[..], b"%PDF-1.7", b"<p>hello</p>", &[0; 999]] {
        assert_eq!(sentence(bytes), other);
    }
    let page = "This file is a web page, not a picture; open it and save the picture itself.";
    assert_eq!(
        sentence(b"\xef\xbb\xbf\n<!DOCTYPE html><title>x</title>"),
        page
    );
    assert_eq!(sentence(b"<!-- x --><html lang=en><svg/></html>"), page);
}

#[test]
fn kinds_of_pictures_that_are_not_read_are_named() {
    for (bytes, kind) in [
        (&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"[..], "HEIC"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF"),
        (b"\0\0\0\x1cftypavis\0\0\0\0avismsf1", "AVIF"),
        (b"\0\0\0\x20ftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x18ftyphevc\0\0\0\0msf1hevc", "HEIC"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx ", "a camera's raw photo"),
        (b"FUJIFILMCCD-RAW 0201", "a camera's raw photo"),
        (b"IIRO\x08\0\0\0", "a camera's raw photo"),
        (b"II*\0\x10\0\0\0CR\x02\0", "a camera's raw photo"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "a video"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86", "a video"),
        (b"RIFF\0\0\0\0AVI LIST", "a video"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "EPS"),
        (b"gimp xcf v011\0", "GIMP"),
        (b"II\xbc\x01\x20\0\0\0", "JPEG XR"),
        (b"\0\0\x02\0\0\0TRUEVISION-XFILE.\0", "TGA"),
        (b"v/1\x01\x02\0\0\0", "EXR"),
        (b"#?RADIANCE\n", "HDR"),
        (b"\0\0\x01\0\x01\0\x10\x10", "ICO"),
        (b"qoif\0\0\0\x01", "QOI"),
        (b"\xff\x0a\x7a\x1f", "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000"),
        (b"8BPS\0\x01", "Photoshop"),
        (b"II+\0\x08\0\0\0", "BigTIFF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<svg/>", "SVG"),
    ] {
        let error = Picture::decode(bytes).err().unwrap().to_string();
        let expected = format!(
            "Pictures of this kind ({kind}) cannot be read; save it as JPEG or PNG and try again."
        );
        assert_eq!(error, expected);
    }
}

/// A TIFF of one grey pixel, with two more tags.
fn tiff(tags: [(u16, u16, u32); 2]) -> Vec<u8> {
    let known = [
        (256, 3, 1),
        (257, 3, 1),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (278, 3, 1),
        (279, 4, 1),
    ];
    let mut entries: Vec<(u16, u16, u32)> = known.into_iter().chain(tags).collect();
    entries.sort();
    let mut bytes = b"II*\0\x0a\0\0\0\x63\0".to_vec();
    bytes.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, value) in entries {
        bytes.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        bytes.extend([1_u32.to_le_bytes(), value.to_le_bytes()].concat());
    }
    bytes.extend([0; 4]);
    bytes
}

/// Every decoder reads these, and gets another picture.
#[test]
fn tiffs_that_would_be_read_wrongly_are_named() {
    let whole = (277, 3, 1);
    assert!(Picture::decode(&tiff([(254, 4, 0), whole])).is_ok());
    for (tag, kind) in [
        ((254, 4, 1), "a thumbnail first"),
        ((266, 3, 2), "the lowest bit first"),
        ((50706, 1, 1), "a camera's raw photo"),
    ] {
        let error = Picture::decode(&tiff([tag, whole])).err().unwrap();
        assert!(error.to_string().contains(kind), "{error}");
    }
}

#[test]
fn kinds_of_jpegs_that_are_not_read_are_named() {
    let whole = read("photo_420.jpg");
    let frame = whole.windows(2).position(|marker| marker == [0xff, 0xc0]);
    let frame = frame.unwrap();
    for (process, precision, kind) in [
        (0xc3, 8, "lossless JPEG"),
        (0xc1, 12, "JPEG, 12 bits a channel"),
        (0xc5, 8, "JPEG, a rare variant"),
    ] {
        let mut bytes = whole.clone();
        bytes[frame + 1] = process;
        bytes[frame + 4] = precision;
        let error = Picture::decode(&bytes).err().unwrap().to_string();
        assert!(error.contains(&format!("({kind})")), "{error}");
    }
}

/// A PNG may hold its orientation behind the picture.
#[test]
fn a_late_orientation_counts() {
    for orientation in 1..=8 {
        let whole = read(&format!("exif_{orientation}.png"));
        let start = whole.windows(4).position(|kind| kind == b"eXIf").unwrap() - 4;
        let length = u32::from_be_bytes(whole[start..start + 4].try_into().unwrap()) as usize;
        let (end, exif) = (whole.len() - 12, start + 12 + length);
        let late = [
            &whole[..start],
            &whole[exif..end],
            &whole[start..exif],
            &whole[end..],
        ];
        let [expected, found] =
            [whole.clone(), late.concat()].map(|bytes| Picture::decode(&bytes).unwrap());
        let [expected, found] = [expected, found].map(|picture| prepared(&picture, 8, &levels()));
        assert_eq!(expected, found, "{orientation}");
    }
}

#[test]
fn a_palette_with_signed_indices_is_named() {
    let mut signed = read("palette.tiff");
    let planes = signed.windows(4).position(|tag| tag == [0x1c, 1, 3, 0]);
    let planes = planes.unwrap();
    // The entry becomes a sample format, and its value says that samples have a sign.
    signed[planes..][..2].copy_from_slice(&339u16.to_le_bytes());
    signed[planes + 8] = 2;
    let error = Picture::decode(&signed).err().unwrap().to_string();
    assert!(error.contains("signed"), "{error}");
}

/// Decoders' own messages are for programmers.
#[test]
fn refusals_are_sentences() {
    let mut wrong_sum = read("noise_odd.png");
    let data = wrong_sum
        .windows(4)
        .position(|name| name == b"IDAT")
        .unwrap();
    wrong_sum[data + 6] ^= 1;
    let mut no_palette = read("palette.tiff");
    let map = no_palette
        .windows(4)
        .position(|entry| entry == [0x40, 1, 3, 0])
        .unwrap();
    no_palette[map] = 0x4f;
    for bytes in [wrong_sum, no_palette] {
        let error = Picture::decode(&bytes).err().unwrap().to_string();
        assert!(!error.contains(['{', '[', '`']), "{error}");
    }
}

#[test]
fn too_many_pixels_are_refused_before_they_are_decoded() {
    let error = Picture::decode(&read("huge.png")).err();
    assert!(
        matches!(
            error,
            Some(ImageError::TooManyPixels {
                width: 20_000,
                height: 20_000
            })
        ),
        "{error:?}"
    );
}

#[test]
fn pixels_that_are_no_picture_are_refused() {
    let refused = |width, height, bytes| Picture::from_rgb(width, height, vec![0; bytes]).err();
    assert!(refused(2, 3, 18).is_none());
    assert!(matches!(
        refused(2, 3, 17),
        Some(ImageError::WrongLength { .. })
    ));
    assert!(matches!(refused(0, 3, 0), Some(ImageError::Damaged(_))));
    for side in [MAX_SIDE + 1, usize::MAX] {
        let error = refused(side, 1, 3);
        assert!(
            matches!(error, Some(ImageError::TooManyPixels { .. })),
            "{error:?}"
        );
    }
}
