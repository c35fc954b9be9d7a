//! Preprocessing against the references on Pillow.

use glance_engine::Picture;
use glance_engine::image::{Centering, Filter, MAX_SIDE, Preprocessing, Resize};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::{Entry, generated, index, levels, prepared, read};

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

/// Preprocessing without the constants of normalisation, which do not affect levels.
#[derive(Clone, Debug, Deserialize)]
struct Preparation {
    resize: Resize,
    filter: Filter,
    centering: Centering,
    fill: [u8; 3],
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

/// Each would need gigabytes if it were resized whole, or stored between the two passes.
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
