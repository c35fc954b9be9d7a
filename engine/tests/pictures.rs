//! Preparation against Pillow and torchvision, and pictures that cannot be used
//! (`tests/fixtures/make_image_fixtures.py`).

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::PathBuf;

use glance_engine::Picture;
use glance_engine::image::ImageError;
use glance_engine::weights::Preprocessing;
use serde::Deserialize;

#[derive(Deserialize)]
struct Entry {
    file: String,
    size: usize,
    tolerance: u8,
}

fn read(file: &str) -> Vec<u8> {
    fs::read(folder().join(file)).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/pictures")
}

fn index() -> Vec<Entry> {
    let entries: Vec<Entry> = serde_json::from_slice(&read("index.json")).unwrap();
    assert!(entries.len() >= 40);
    entries
}

/// 8-bit values before normalisation.
fn prepared(picture: &Picture, size: usize) -> Vec<u8> {
    let plain = Preprocessing {
        mean: [0.0; 3],
        deviation: [1.0; 3],
    };
    picture
        .prepare(size, &plain)
        .iter()
        .map(|value| (value * 255.0).round() as u8)
        .collect()
}

#[test]
fn prepared_pictures_equal_the_reference() {
    let mut wrong = Vec::new();
    for Entry {
        file,
        size,
        tolerance,
    } in index()
    {
        let picture =
            Picture::decode(&read(&file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let expected = Picture::decode(&read(&format!("{file}.expected.png"))).unwrap();
        assert_eq!((expected.width(), expected.height()), (size, size));
        let (ours, reference) = (prepared(&picture, size), prepared(&expected, size));
        let worst = ours
            .iter()
            .zip(&reference)
            .map(|(a, b)| a.abs_diff(*b))
            .max();
        if worst > Some(tolerance) {
            wrong.push(format!("{file}: {worst:?} levels off, {tolerance} allowed"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn normalisation_subtracts_the_mean_and_divides_by_the_deviation() {
    let picture = Picture::decode(&read("noise_exact.png")).unwrap();
    let preprocessing = Preprocessing {
        mean: [0.5, 0.25, 0.0],
        deviation: [0.5, 2.0, 1.0],
    };
    let input = picture.prepare(32, &preprocessing);
    let pixels = prepared(&picture, 32);
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
    for Entry { file, .. } in index() {
        // The first frame of an animation may be whole where the file is not.
        if file == "animated.gif" {
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

#[test]
fn a_jpeg_without_its_last_byte_is_damaged() {
    for file in ["baseline.jpg", "progressive.jpg", "exif_6.jpg"] {
        let whole = read(file);
        let error = Picture::decode(&whole[..whole.len() - 1]).err();
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
    for Entry { file, .. } in index() {
        let whole = read(&file);
        for _ in 0..20 {
            let mut bytes = whole.clone();
            for _ in 0..1 + random(4) {
                let position = random(bytes.len());
                bytes[position] = random(256) as u8;
            }
            if let Ok(picture) = Picture::decode(&bytes) {
                assert_eq!(prepared(&picture, 8).len(), 8 * 8 * 3);
            }
        }
    }
}

#[test]
fn what_is_no_picture_says_so() {
    let sentence = |bytes: &[u8]| Picture::decode(bytes).err().unwrap().to_string();
    assert_eq!(sentence(b""), "The file is empty; choose another picture.");
    let other = "This file is not a picture; choose a JPEG, PNG, WebP, GIF, BMP or TIFF file.";
    for bytes in [
        &b"hello"[..],
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        &[0; 999],
    ] {
        assert_eq!(sentence(bytes), other);
    }
    let phone = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    assert!(matches!(
        Picture::decode(phone),
        Err(ImageError::Unsupported(_))
    ));
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
