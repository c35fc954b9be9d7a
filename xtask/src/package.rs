//! `cargo xtask package`: the npm package glance-clip, from the sources in package/ and the page's own
//! worker.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::TaskError;
use crate::page::build;
use crate::setup::{self, Tools};
use crate::workspace;

/// The modules, in a folder of the sources. They become the package's root.
const MODULES: &str = "src";
/// The package's description, which lacks the version.
const DESCRIPTION: &str = "package.json";
const NO_VERSION: &str = "\"version\": \"0.0.0\"";
/// What else the package holds: the file in the workspace, and its place in the package.
const COPIED: [(&str, &str); 5] = [
    ("engine/data/clip_merges.txt", "worker/clip_merges.txt"),
    ("static/models/demo.safetensors", "models/demo.safetensors"),
    ("static/models/README.md", "models/README.md"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
];

/// Writes the package and prints the sizes of its code.
pub fn package() -> Result<(), TaskError> {
    let folder = write(&setup::tools()?)?;
    build::print_sizes(&folder)?;
    println!("\nThe package is in {}.", folder.display());
    Ok(())
}

/// Writes the package anew; returns its folder.
pub fn write(tools: &Tools) -> Result<PathBuf, TaskError> {
    let folder = workspace::artifacts().join("package");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(at(&folder))?;
    }
    build::worker(tools, &folder.join("worker"))?;
    let sources = workspace::root().join("package");
    for entry in fs::read_dir(&sources).map_err(at(&sources))? {
        let path = entry.map_err(at(&sources))?.path();
        match path.file_name() {
            Some(name) if name == MODULES => copy(&path, &folder)?,
            Some(name) => copy(&path, &folder.join(name))?,
            None => {}
        }
    }
    for (from, to) in COPIED {
        copy(&workspace::root().join(from), &folder.join(to))?;
    }
    let description = folder.join(DESCRIPTION);
    let text = fs::read_to_string(&description).map_err(at(&description))?;
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    fs::write(&description, text.replace(NO_VERSION, &version)).map_err(at(&description))?;
    Ok(folder)
}

/// Copies a file, or a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) -> Result<(), TaskError> {
    if from.is_dir() {
        for entry in fs::read_dir(from).map_err(at(from))? {
            let entry = entry.map_err(at(from))?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    fs::copy(from, to).map(drop).map_err(at(to))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> TaskError + use<> {
    let path = PathBuf::from(path);
    |error| TaskError::File(path, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_has_a_place_for_the_version() {
        let description = include_str!("../../package/package.json");
        assert_eq!(description.matches(NO_VERSION).count(), 1);
    }
}
