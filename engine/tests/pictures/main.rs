//! Preparation against Pillow under both references, and pictures that cannot be used
//! (`tests/fixtures/make_image_fixtures.py`).

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use glance_engine::Picture;
use glance_engine::image::{
    Centering, Conversion, Filter, ImageError, MAX_SIDE, Preprocessing, PreprocessingError, Resize,
};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Entry {
    file: String,
    reference: Reference,
    size: usize,
    tolerance: u8,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Reference {
    OpenAi,
    Hub,
    Plain,
}

impl Reference {
    /// The preparation of its checkpoints, with levels left as they are.
    fn preprocessing(self) -> Preprocessing {
        match self {
            Self::OpenAi => Preprocessing {
                conversion: Conversion::AfterResize,
                centering: Centering::HalfToEven,
                ..levels()
            },
            Self::Plain => levels(),
            Self::Hub => Preprocessing {
                conversion: Conversion::OnWhite,
                centering: Centering::Down,
                ..levels()
            },
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Hub => "hub",
            Self::Plain => "plain",
        }
    }
}

/// A preparation that leaves 8-bit levels as they are.
fn levels() -> Preprocessing {
    Preprocessing {
        unit: 1.0,
        mean: [0.0; 3],
        deviation: [1.0; 3],
        ..Preprocessing::default()
    }
}

fn read(file: &str) -> Vec<u8> {
    fs::read(folder().join(file)).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/pictures")
}

fn index() -> Vec<Entry> {
    let entries: Vec<Entry> = serde_json::from_slice(&read("index.json")).unwrap();
    assert!(entries.len() >= 100);
    entries
}

/// The files of the index, each once.
fn files() -> BTreeSet<String> {
    index().into_iter().map(|entry| entry.file).collect()
}

/// 8-bit values before normalisation.
fn prepared(picture: &Picture, size: usize, preprocessing: &Preprocessing) -> Vec<u8> {
    let prepared = picture.prepare(size, preprocessing);
    prepared.into_iter().map(|level| level as u8).collect()
}

#[test]
fn prepared_pictures_equal_the_references() {
    let mut wrong = Vec::new();
    for Entry {
        file,
        reference,
        size,
        tolerance,
    } in index()
    {
        let picture =
            Picture::decode(&read(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let square = format!("{file}.{}.png", reference.name());
        let expected = Picture::decode(&read(&square)).unwrap();
        assert_eq!((expected.width(), expected.height()), (size, size));
        let ours = prepared(&picture, size, &reference.preprocessing());
        let theirs = prepared(&expected, size, &levels());
        let differences = ours.iter().zip(&theirs).map(|(a, b)| a.abs_diff(*b));
        let worst = differences.max();
        if worst > Some(tolerance) {
            wrong.push(format!(
                "{square}: {worst:?} levels off, {tolerance} allowed"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[derive(Deserialize)]
struct Case {
    width: usize,
    height: usize,
    seed: u64,
    size: usize,
    preparation: Preparation,
    sha256: String,
}

/// Without the constants of normalisation, which do not bear on levels.
#[derive(Clone, Debug, Deserialize)]
struct Preparation {
    resize: Resize,
    filter: Filter,
    centering: Centering,
    fill: [u8; 3],
}

/// Noise; black and white where the seed is odd. The script that makes the cases has the same.
fn generated(width: usize, height: usize, seed: u64) -> Picture {
    let level = |position: u64| {
        let mixed = ((position + seed * 1_000_003) * 2_654_435_761) & 0xffff_ffff;
        let mixed = ((mixed ^ (mixed >> 15)) * 2_246_822_519) & 0xffff_ffff;
        let level = (mixed >> 24) as u8;
        match (seed % 2, level >= 128) {
            (0, _) => level,
            (_, true) => 255,
            (_, false) => 0,
        }
    };
    let rgb = (0..(width * height * 3) as u64).map(level).collect();
    Picture::from_rgb(width, height, rgb).unwrap()
}

#[test]
fn random_resizes_equal_pillows() {
    let cases: Vec<Case> = serde_json::from_slice(&read("cases.json")).unwrap();
    assert!(cases.len() >= 300);
    let mut wrong = Vec::new();
    for Case {
        width,
        height,
        seed,
        size,
        preparation,
        sha256,
    } in cases
    {
        let Preparation {
            resize,
            filter,
            centering,
            fill,
        } = preparation.clone();
        let preprocessing = Preprocessing {
            resize,
            filter,
            centering,
            fill,
            ..levels()
        };
        let square = prepared(&generated(width, height, seed), size, &preprocessing);
        let digest = Sha256::digest(&square);
        if digest
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
            != sha256
        {
            wrong.push(format!("{width} × {height} to {size}: {preparation:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

#[test]
fn pixels_are_normalised_by_mean_and_deviation() {
    let picture = Picture::decode(&read("noise_exact.png")).unwrap();
    let preprocessing = Preprocessing {
        mean: [0.5, 0.25, 0.0],
        deviation: [0.5, 2.0, 1.0],
        ..Preprocessing::default()
    };
    let input = picture.prepare(32, &preprocessing);
    let pixels = prepared(&picture, 32, &levels());
    assert_eq!(input.len(), 32 * 32 * 3);
    for (position, value) in input.iter().enumerate() {
        let channel = position % 3;
        let expected = (f32::from(pixels[position]) / 255.0 - preprocessing.mean[channel])
            / preprocessing.deviation[channel];
        assert!((value - expected).abs() < 1e-6);
    }
}

#[test]
fn orientation_swaps_the_sides() {
    let sides = |file: &str| {
        let picture = Picture::decode(&read(file)).unwrap();
        (picture.width(), picture.height())
    };
    assert_eq!(
        (sides("exif_4.jpg"), sides("exif_6.jpg")),
        ((48, 36), (36, 48))
    );
}

#[test]
fn a_picture_cut_short_is_an_error_in_every_format() {
    for file in files() {
        // The first frame of an animation may be whole where the file is not.
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
        // A trailer in place of data is data to every decoder.
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

/// Any byte may be anything: what decodes is a whole picture, the rest is an error, never a panic.
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
        (b"\0\0\0\x14ftypqt  \0\0\0\0", "a video"),
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

/// What decoders say of themselves is for programmers.
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

#[derive(Deserialize)]
struct Configuration {
    family: Family,
    config: Value,
    size: usize,
    values: Vec<f32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Family {
    Hub,
    OpenClip,
}

#[test]
fn preprocessor_files_mean_what_they_mean_to_their_libraries() {
    let configurations: Vec<Configuration> =
        serde_json::from_slice(&read("configurations.json")).unwrap();
    let picture = generated(90, 61, 4);
    for Configuration {
        family,
        config,
        size,
        values,
    } in configurations
    {
        let preprocessing = match family {
            Family::Hub => Preprocessing::from_hugging_face(config.to_string().as_bytes(), size),
            Family::OpenClip => Preprocessing::from_open_clip(&config),
        };
        let prepared = picture.prepare(size, &preprocessing.unwrap());
        let step = prepared.len() / values.len();
        for (ours, theirs) in prepared.iter().step_by(step).zip(&values) {
            let error = (ours - theirs).abs() / theirs.abs().max(1.0);
            assert!(error <= 1e-5, "{config}: {ours} and {theirs}");
        }
    }
}

#[test]
fn preprocessor_files_that_cannot_be_followed_are_refused() {
    let hub = |text: &str| Preprocessing::from_hugging_face(text.as_bytes(), 224).err();
    for unreadable in [
        "",
        "[]",
        "{\"size\":-1}",
        "{\"size\":{\"edge\":224}}",
        "{\"resample\":\"3\"}",
    ] {
        let error = hub(unreadable);
        assert!(
            matches!(error, Some(PreprocessingError::Unreadable(_))),
            "{unreadable}: {error:?}"
        );
    }
    for unknown in [
        r#"{"image_processor_type":"SiglipImageProcessor"}"#,
        r#"{"resample":6}"#,
        r#"{"size":{"height":224}}"#,
        r#"{"crop_size":{"shortest_edge":224}}"#,
    ] {
        let error = hub(unknown);
        assert!(
            matches!(error, Some(PreprocessingError::Unknown { .. })),
            "{unknown}: {error:?}"
        );
    }
    for shape in [
        r#"{"crop_size":336}"#,
        r#"{"crop_size":[224,225]}"#,
        r#"{"do_center_crop":false}"#,
        r#"{"do_center_crop":false,"size":[224,200]}"#,
        r#"{"do_center_crop":false,"do_resize":false}"#,
    ] {
        let error = hub(shape);
        assert!(
            matches!(error, Some(PreprocessingError::Shape { .. })),
            "{shape}: {error:?}"
        );
    }
    for value in [
        r#"{"size":0}"#,
        r#"{"size":4294967295}"#,
        r#"{"image_std":[0,1,1]}"#,
        r#"{"image_mean":1e38}"#,
        r#"{"rescale_factor":0}"#,
        r#"{"rescale_factor":-1}"#,
    ] {
        let error = hub(value);
        assert!(
            matches!(error, Some(PreprocessingError::Value { .. })),
            "{value}: {error:?}"
        );
    }
    for unknown in [
        r#"{"mode":"L"}"#,
        r#"{"resize_mode":"fold"}"#,
        r#"{"interpolation":"lanczos"}"#,
    ] {
        let config: Value = serde_json::from_str(unknown).unwrap();
        let error = Preprocessing::from_open_clip(&config).err();
        assert!(
            matches!(error, Some(PreprocessingError::Unknown { .. })),
            "{unknown}: {error:?}"
        );
    }
}

/// Each would be gigabytes if it were resized whole, or kept between the two passes.
#[test]
fn lines_of_pixels_are_not_resized_whole() {
    let exact = Preprocessing {
        resize: Resize::Exact { sides: None },
        ..levels()
    };
    for (width, height) in [(MAX_SIDE, 1), (1, MAX_SIDE)] {
        let line = Picture::from_rgb(width, height, vec![9; MAX_SIDE * 3]).unwrap();
        for preprocessing in [&levels(), &exact] {
            assert_eq!(prepared(&line, 32, preprocessing), vec![9; 32 * 32 * 3]);
        }
    }
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
