//! Preprocessing against the references on Pillow, and pictures that cannot be used
//! (`tests/fixtures/make_image_fixtures.py`).

#![cfg(not(target_arch = "wasm32"))]

mod preprocessor_files;
mod references;
mod refused;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use glance_engine::Picture;
use glance_engine::image::{Centering, Conversion, Preprocessing};
use serde::Deserialize;

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
    /// The preprocessing of its checkpoints, with levels unchanged.
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

/// Preprocessing that leaves 8-bit levels unchanged.
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

/// Noise, black and white if the seed is odd. The script that makes the cases has the same
/// function.
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
