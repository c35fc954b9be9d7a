//! A folder of class folders.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Files that systems leave in folders of pictures; the others begin with a dot.
const LITTER: [&str; 2] = ["thumbs.db", "desktop.ini"];
/// Pictures with the index of their class.
pub struct Samples {
    pub classes: Vec<String>,
    pub pictures: Vec<PathBuf>,
    pub class_of: Vec<usize>,
}

impl Samples {
    /// Lists the class folders and their files by name, so that runs are reproducible.
    pub fn find(folder: &Path) -> Result<Self, Failure> {
        let mut samples = Self {
            classes: Vec::new(),
            pictures: Vec::new(),
            class_of: Vec::new(),
        };
        for class in visible(folder)?.into_iter().filter(|path| path.is_dir()) {
            let pictures: Vec<PathBuf> = visible(&class)?
                .into_iter()
                .filter(|path| !path.is_dir())
                .collect();
            if pictures.is_empty() {
                continue;
            }
            samples
                .class_of
                .extend(pictures.iter().map(|_| samples.classes.len()));
            samples.pictures.extend(pictures);
            let name = class.file_name().unwrap_or_default().to_string_lossy();
            samples.classes.push(name.replace('_', " "));
        }
        match samples.classes.is_empty() {
            true => Err(Failure::NoClasses(folder.to_owned())),
            false => Ok(samples),
        }
    }
}

fn visible(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |reason| Failure::Read {
        path: folder.to_owned(),
        reason,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if !name.starts_with('.') && !LITTER.contains(&name.as_str()) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}
