//! CIFAR-10's photos (Krizhevsky 2009), from a zip of ten class folders of JPEG files.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use image::ImageFormat;
use rayon::prelude::*;

use super::raster::{Raster, square};
use crate::error::DataError;

/// Photos of each class that are held out of training: the last by file name.
pub(super) const HELD_OUT_OF_A_CLASS: usize = 500;

/// Class folders, each with its names, the concept's name first.
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

/// Far more than a photo of 32 × 32 pixels has.
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn jpeg(level: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        JpegEncoder::new(&mut bytes)
            .encode(&[level; 4], 2, 2, ExtendedColorType::L8)
            .expect("a buffer takes every write");
        bytes
    }

    fn archive(path: &Path, of_a_class: usize) {
        let file = File::create(path).expect("a temporary file can be made");
        let mut archive = ZipWriter::new(file);
        let options =
            SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        // Black, except for the last 500 by name, which are white; written in reverse order.
        let (black, white) = (jpeg(0), jpeg(255));
        for at in (0..of_a_class).rev() {
            for (class, _) in CLASSES {
                let photo = if at + HELD_OUT_OF_A_CLASS < of_a_class {
                    &black
                } else {
                    &white
                };
                archive
                    .start_file(format!("{class}/{at:04}.jpg"), options)
                    .and_then(|()| archive.write_all(photo).map_err(Into::into))
                    .expect("a temporary file can be written");
            }
        }
        archive.finish().expect("a temporary file can be written");
    }

    #[test]
    fn the_last_photos_of_each_class_are_held_out_and_no_others() {
        let path = std::env::temp_dir().join(format!("glance-photos-{}.zip", std::process::id()));
        archive(&path, HELD_OUT_OF_A_CLASS + 2);
        let photos = read(&path).expect("it was just written");
        let white = |photo: &Photo| photo.raster.rgba[0] > 128;
        assert!(photos.iter().all(|photo| photo.held_out == white(photo)));
        assert!(photos.iter().all(|photo| photo.raster.side == 2));
        for (class, _) in CLASSES {
            let of_class = || photos.iter().filter(|photo| photo.phrases[0] == class);
            assert_eq!(of_class().count(), HELD_OUT_OF_A_CLASS + 2);
            assert_eq!(
                of_class().filter(|photo| photo.held_out).count(),
                HELD_OUT_OF_A_CLASS
            );
        }

        archive(&path, HELD_OUT_OF_A_CLASS);
        assert!(matches!(read(&path), Err(DataError::Photos { .. })));
        std::fs::write(&path, b"no archive").expect("a temporary file can be written");
        assert!(matches!(read(&path), Err(DataError::Photos { .. })));
        std::fs::remove_file(&path).expect("the file is ours");
    }
}
