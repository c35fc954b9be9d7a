//! A folder of class folders.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// What systems leave among pictures; the rest of it begins with a dot.
const LITTER: [&str; 3] = ["thumbs.db", "desktop.ini", "__macosx"];

/// Pictures with the index of their class.
pub struct Samples {
    pub classes: Vec<String>,
    pub pictures: Vec<PathBuf>,
    pub class_of: Vec<usize>,
    /// Class folders without a file.
    pub empty: Vec<PathBuf>,
}

impl Samples {
    /// Lists the class folders and their files by name, so that runs are reproducible.
    ///
    /// # Errors
    /// [`Failure::NoClasses`]; [`Failure::NestedClasses`] if class folders hold folders, because
    /// those could be the classes; [`Failure::SameClass`] if two have the same label, because a
    /// picture of one would count as wrong when it is taken for the other.
    pub fn find(folder: &Path) -> Result<Self, Failure> {
        let mut samples = Self {
            classes: Vec::new(),
            pictures: Vec::new(),
            class_of: Vec::new(),
            empty: Vec::new(),
        };
        for class in visible(folder)?.into_iter().filter(|path| path.is_dir()) {
            let (below, pictures): (Vec<_>, Vec<_>) =
                visible(&class)?.into_iter().partition(|path| path.is_dir());
            for below in below {
                if !visible(&below)?.is_empty() {
                    return Err(Failure::NestedClasses(below));
                }
            }
            if pictures.is_empty() {
                samples.empty.push(class);
                continue;
            }
            let name = class.file_name().unwrap_or_default().to_string_lossy();
            let label = name.replace('_', " ");
            // The model sees no case.
            let same = |other: &String| other.trim().to_lowercase() == label.trim().to_lowercase();
            if samples.classes.iter().any(same) {
                return Err(Failure::SameClass(folder.to_owned(), label));
            }
            samples
                .class_of
                .extend(pictures.iter().map(|_| samples.classes.len()));
            samples.pictures.extend(pictures);
            samples.classes.push(label);
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
