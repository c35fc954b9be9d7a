//! CIFAR-10's photos (Krizhevsky 2009), from a zip of ten class folders of JPEG files.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use image::ImageFormat;
use rayon::prelude::*;

use super::{DataError, Raster, cache::square};

/// Held out of training, of each class: the last by file name, the same on every run.
pub(super) const HELD_OUT_OF_A_CLASS: usize = 500;

/// What each class folder shows, the name of the concept first.
const CLASSES: [(&str, &[&str]); 10] = [
    ("airplane", &["airplane", "plane", "aeroplane", "aircraft"]),
    ("automobile", &["automobile", "car", "passenger car"]),
    ("bird", &["bird"]),
    ("cat", &["cat"]),
    ("deer", &["deer"]),
    ("dog", &["dog"]),
    ("frog", &["frog"]),
    ("horse", &["horse"]),
    ("ship", &["ship", "boat"]),
    ("truck", &["truck", "lorry"]),
];

/// No photo of 32 × 32 pixels is near as large.
const FILE_LIMIT: u64 = 1 << 20;
/// Far more than the 50,000 there are.
const COUNT_LIMIT: usize = 200_000;

/// One photo.
pub(super) struct Photo {
    pub phrases: Vec<String>,
    pub held_out: bool,
    pub raster: Raster,
}

/// Reads every photo of the ten classes, by class and file name.
pub(super) fn read(path: &Path) -> Result<Vec<Photo>, DataError> {
    let problem = |reason: String| DataError::Photos {
        path: path.to_path_buf(),
        reason,
    };
    let file = File::open(path).map_err(DataError::file(path))?;
    let mut archive =
        zip::ZipArchive::new(BufReader::new(file)).map_err(|error| problem(error.to_string()))?;
    if archive.len() > COUNT_LIMIT {
        return Err(problem(format!("it holds more than {COUNT_LIMIT} files")));
    }
    let mut by_class: BTreeMap<usize, Vec<(String, Vec<u8>)>> = BTreeMap::new();
    for index in 0..archive.len() {
        let entry = archive
            .by_index(index)
            .map_err(|error| problem(error.to_string()))?;
        let name = entry
            .name()
            .map_err(|error| problem(error.to_string()))?
            .into_owned();
        let Some((folder, file)) = name.rsplit_once('/') else {
            continue;
        };
        let folder = folder.rsplit('/').next().unwrap_or(folder);
        let class = CLASSES.iter().position(|(class, _)| *class == folder);
        let Some(class) = class.filter(|_| file.ends_with(".jpg")) else {
            continue;
        };
        let mut jpeg = Vec::new();
        entry
            .take(FILE_LIMIT)
            .read_to_end(&mut jpeg)
            .map_err(|error| problem(error.to_string()))?;
        by_class
            .entry(class)
            .or_default()
            .push((file.to_owned(), jpeg));
    }
    if by_class.len() != CLASSES.len() {
        return Err(problem("it lacks some of the ten class folders".into()));
    }
    let mut found = Vec::new();
    for (class, mut files) in by_class {
        files.sort();
        if files.len() <= HELD_OUT_OF_A_CLASS {
            return Err(problem(format!("too few photos in {}", CLASSES[class].0)));
        }
        let first_held_out = files.len() - HELD_OUT_OF_A_CLASS;
        let photos = files.into_iter().enumerate();
        found.extend(photos.map(|(at, (_, jpeg))| (class, at >= first_held_out, jpeg)));
    }
    found
        .into_par_iter()
        .map(|(class, held_out, jpeg)| {
            let decoded = image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg)
                .map_err(|error| problem(error.to_string()))?;
            let raster = square(decoded.into_rgba8())
                .ok_or_else(|| problem("a photo is not square".into()))?;
            let phrases = CLASSES[class]
                .1
                .iter()
                .map(|phrase| (*phrase).to_owned())
                .collect();
            Ok(Photo {
                phrases,
                held_out,
                raster,
            })
        })
        .collect()
}
