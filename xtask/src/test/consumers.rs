//! The pages that use the npm package in tests: tests/fixtures/consumers, in the user's cache with what npm
//! installs for them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::TaskError;
use crate::npm::npm;
use crate::package::copy;
use crate::process::run;
use crate::setup::cache;
use crate::workspace;

/// Each page, and where it finds the package.
const CONSUMERS: [(&str, &str); 3] = [
    ("plain", "glance-clip"),
    ("vite", "node_modules/glance-clip"),
    ("webpack", "node_modules/glance-clip"),
];
/// What npm is to install.
const WANTED: &str = "package.json";
/// A copy of it, written once npm has done so.
const INSTALLED: &str = "installed.json";

/// Writes the pages with the package in this folder, and installs what they need; returns their folder.
pub fn set_up(package: &Path) -> Result<PathBuf, TaskError> {
    let sources = workspace::root().join("tests/fixtures/consumers");
    let consumers = cache()?.join("consumers");
    for (name, place) in CONSUMERS {
        let (source, folder) = (sources.join(name), consumers.join(name));
        let (wanted, installed) = (source.join(WANTED), folder.join(INSTALLED));
        let read = |path: &Path| fs::read(path).map_err(|e| TaskError::File(path.to_owned(), e));
        copy(&source, &folder)?;
        if read(&installed).ok() != Some(read(&wanted)?) {
            run(npm()
                .args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
                .current_dir(&folder))?;
            copy(&wanted, &installed)?;
        }
        let place = folder.join(place);
        if place.exists() {
            fs::remove_dir_all(&place).map_err(|error| TaskError::File(place.clone(), error))?;
        }
        copy(package, &place)?;
    }
    Ok(consumers)
}
