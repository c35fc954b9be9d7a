//! Captioned photographs: a zip with `captions.jsonl`, or a person's own folders, one a class.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufReader, Read},
    path::Path,
};

use serde::Deserialize;

use crate::error::DataError;

/// An encoded photograph and what it shows.
#[derive(Debug, Clone)]
pub struct Photograph {
    /// Its file name, for messages.
    pub file: String,
    /// The bytes of the picture file.
    pub bytes: Vec<u8>,
    /// The class, without article: one of [`Library::classes`].
    pub class: u32,
    /// Its names, without article; the class first.
    pub phrases: Vec<String>,
    /// Whether its class is held out of training.
    pub held_out: bool,
}

/// Photographs and the classes they belong to.
#[derive(Debug, Default)]
pub struct Library {
    /// The name of each class: the archive's in alphabetic order, then those of folders.
    pub classes: Vec<String>,
    /// In the order of the captions, then of the folders.
    pub photographs: Vec<Photograph>,
}

/// The list of pictures in an archive, a line of JSON each.
const CAPTIONS: &str = "captions.jsonl";
/// Bytes that are read of a file in an archive; a photograph of 260 pixels has 20 kB.
const FILE_LIMIT: u64 = 64 << 20;
/// Every fifth class in alphabetic order is held out.
const HELD_OUT_EVERY: usize = 5;

/// A line of [`CAPTIONS`].
#[derive(Deserialize)]
struct Line {
    file: String,
    class: String,
    captions: Vec<String>,
}

impl Library {
    /// Reads an archive whose `captions.jsonl` has a line `{"file", "class", "captions"}` for each
    /// picture. Every fifth class in alphabetic order is held out.
    ///
    /// # Errors
    /// [`DataError`] if the file cannot be read, has no captions, or lacks a picture.
    pub fn from_archive(path: &Path) -> Result<Self, DataError> {
        let problem = |reason: String| DataError::Photos {
            path: path.to_path_buf(),
            reason,
        };
        let file = File::open(path).map_err(DataError::file(path))?;
        let mut archive = zip::ZipArchive::new(BufReader::new(file))
            .map_err(|error| problem(error.to_string()))?;
        let mut read = |name: &str| -> Result<Vec<u8>, DataError> {
            let entry = archive
                .by_name(name)
                .map_err(|error| problem(format!("{name}: {error}")))?;
            let mut bytes = Vec::new();
            entry
                .take(FILE_LIMIT)
                .read_to_end(&mut bytes)
                .map_err(|error| problem(format!("{name}: {error}")))?;
            Ok(bytes)
        };
        let captions = read(CAPTIONS)?;
        let lines = String::from_utf8(captions)
            .map_err(|_| problem(format!("{CAPTIONS} is not UTF-8")))?
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| {
                serde_json::from_str(line).map_err(|error| problem(format!("{CAPTIONS}: {error}")))
            })
            .collect::<Result<Vec<Line>, DataError>>()?;
        let mut photographs = Vec::with_capacity(lines.len());
        for line in lines {
            let bytes = read(&line.file)?;
            photographs.push((line, bytes));
        }
        Ok(Self::of(photographs))
    }

    /// Adds a person's own pictures: each subfolder of `folder` is a class, named as the folder.
    /// None are held out.
    ///
    /// # Errors
    /// [`DataError`] if the folder cannot be read or has no class folders.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), DataError> {
        let entries = |folder: &Path| -> Result<Vec<std::path::PathBuf>, DataError> {
            let mut paths = fs::read_dir(folder)
                .map_err(DataError::file(folder))?
                .filter_map(|entry| Some(entry.ok()?.path()))
                .collect::<Vec<_>>();
            paths.sort();
            Ok(paths)
        };
        let before = self.photographs.len();
        for class_folder in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
            let Some(class) = class_folder.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            let class = without_article(&class.replace('_', " ")).to_owned();
            let index = match self.classes.iter().position(|known| *known == class) {
                Some(index) => index,
                None => {
                    self.classes.push(class.clone());
                    self.classes.len() - 1
                }
            };
            for path in entries(&class_folder)?
                .into_iter()
                .filter(|path| path.is_file())
            {
                self.photographs.push(Photograph {
                    bytes: fs::read(&path).map_err(DataError::file(&path))?,
                    file: path.display().to_string(),
                    class: index as u32,
                    phrases: vec![class.clone()],
                    held_out: false,
                });
            }
        }
        if self.photographs.len() == before {
            return Err(DataError::Photos {
                path: folder.to_path_buf(),
                reason: "it has no class folders with pictures".into(),
            });
        }
        Ok(())
    }

    fn of(lines: Vec<(Line, Vec<u8>)>) -> Self {
        let names: BTreeSet<String> = lines
            .iter()
            .map(|(line, _)| without_article(&line.class).to_owned())
            .collect();
        let classes: Vec<String> = names.into_iter().collect();
        let photographs = lines.into_iter().map(|(line, bytes)| {
            let class = without_article(&line.class).to_owned();
            let index = classes.partition_point(|name| *name < class);
            let mut phrases = vec![class];
            for caption in &line.captions {
                let phrase = without_article(caption).to_owned();
                if !phrases.contains(&phrase) {
                    phrases.push(phrase);
                }
            }
            Photograph {
                file: line.file,
                bytes,
                class: index as u32,
                phrases,
                held_out: index % HELD_OUT_EVERY == HELD_OUT_EVERY - 1,
            }
        });
        Self {
            photographs: photographs.collect(),
            classes,
        }
    }
}

/// Turns "a cat" and "the cat" into "cat", so that a template can set its own article.
pub fn without_article(caption: &str) -> &str {
    let caption = caption.trim();
    ["a ", "an ", "the "]
        .iter()
        .find_map(|article| caption.strip_prefix(article))
        .unwrap_or(caption)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn archive(path: &Path, files: &[(&str, &str)]) {
        let mut archive = ZipWriter::new(File::create(path).expect("a temporary file can be made"));
        for (name, text) in files {
            archive
                .start_file(*name, SimpleFileOptions::default())
                .and_then(|()| archive.write_all(text.as_bytes()).map_err(Into::into))
                .expect("a temporary file can be written");
        }
        archive.finish().expect("a temporary file can be written");
    }

    #[test]
    fn every_fifth_class_is_held_out() {
        let lines: Vec<(Line, Vec<u8>)> = ["a cat", "an ant", "the sun", "dog", "bee", "an owl"]
            .iter()
            .map(|class| {
                let line = Line {
                    file: String::new(),
                    class: (*class).to_owned(),
                    captions: vec![(*class).to_owned(), "a thing".to_owned()],
                };
                (line, Vec::new())
            })
            .collect();
        let library = Library::of(lines);
        assert_eq!(library.classes, ["ant", "bee", "cat", "dog", "owl", "sun"]);
        let held_out: Vec<&str> = library
            .photographs
            .iter()
            .filter(|photograph| photograph.held_out)
            .map(|photograph| photograph.phrases[0].as_str())
            .collect();
        assert_eq!(held_out, ["owl"]);
        assert_eq!(library.photographs[0].phrases, ["cat", "thing"]);
        assert_eq!(library.photographs[0].class, 2);
    }

    #[test]
    fn an_archive_that_is_not_whole_is_refused_by_name() {
        let path = std::env::temp_dir().join(format!("glance-library-{}.zip", std::process::id()));
        let said = |path: &Path| {
            let error = Library::from_archive(path).expect_err("it is not whole");
            assert!(matches!(error, DataError::Photos { .. }), "{error:?}");
            error.to_string()
        };
        archive(&path, &[("a.jpg", "")]);
        assert!(said(&path).contains("captions.jsonl"));
        archive(&path, &[("captions.jsonl", "{}")]);
        assert!(said(&path).contains("captions.jsonl"));
        let line = r#"{"file": "a.jpg", "class": "a cat", "captions": ["a cat"]}"#;
        archive(&path, &[("captions.jsonl", line)]);
        assert!(said(&path).contains("a.jpg"));
        archive(&path, &[("captions.jsonl", line), ("a.jpg", "bytes")]);
        let library = Library::from_archive(&path).expect("it is whole");
        assert_eq!(library.photographs[0].bytes, b"bytes");
        fs::remove_file(&path).expect("the file is ours");
    }
}
