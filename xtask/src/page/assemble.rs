//! Finishes trunk's build: splits the program, joins the style sheets, moves the code into a folder named by its content,
//! and writes into the service worker which files make this version of the page.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

use super::split::split;
use crate::error::TaskError;
use crate::setup;
use crate::workspace;

const INDEX: &str = "index.html";
const SERVICE_WORKER: &str = "service_worker.js";
const CODE: &str = "code";
/// The programs with the folders that they are in.
const PROGRAMS: [(&str, &str); 2] = [("glance-app", CODE), ("worker", "code/worker")];
/// A folder of style sheets, and the one that they become.
const STYLES: [&str; 2] = ["code/styles", "code/styles.css"];
/// What the page needs offline besides its code.
const KEPT: [&str; 4] = ["icons", "label-sets", "manifest.webmanifest", "samples"];

/// Files of the page by their path below its folder, with `/` between parts.
type Files = BTreeMap<String, Vec<u8>>;

/// Names the cargo profile that trunk builds with; without it, it is the one of trunk's own choice.
pub const PROFILE: &str = "GLANCE_CARGO_PROFILE";

/// Finishes the folder that trunk names as `TRUNK_STAGING_DIR`.
pub fn assemble() -> Result<(), TaskError> {
    let variable = |name| env::var(name).map_err(|_| TaskError::NotTrunk);
    let folder = PathBuf::from(variable("TRUNK_STAGING_DIR")?);
    let profile = variable(PROFILE).or_else(|_| variable("TRUNK_PROFILE"))?;
    let tools = setup::tools()?;
    let programs = workspace::built().join(setup::TARGET).join(profile);
    for (name, part) in PROGRAMS {
        let program = programs.join(name).with_extension("wasm");
        split(&tools, name, &program, &folder.join(part))?;
    }
    finish(&folder)
}

fn finish(folder: &Path) -> Result<(), TaskError> {
    join_styles(folder)?;
    let mut files = Files::new();
    for part in KEPT.iter().chain(&[INDEX, CODE]) {
        gather(folder, part, &mut files)?;
    }
    let version = version(&files);
    let rename = |from: &str, to: &str| {
        fs::rename(folder.join(from), folder.join(to)).map_err(at(folder.join(from)))
    };
    rename(CODE, &version)?;
    fs::create_dir(folder.join(CODE)).map_err(at(folder.join(CODE)))?;
    rename(&version, &format!("{CODE}/{version}"))?;

    let index =
        text(folder, INDEX)?.replace(&format!("=\"{CODE}/"), &format!("=\"{CODE}/{version}/"));
    let integrity: BTreeMap<String, String> = files
        .into_iter()
        .map(|(path, bytes)| match path.strip_prefix("code/") {
            Some(name) => (format!("{CODE}/{version}/{name}"), bytes),
            // Hosts redirect index.html; the folder itself is the page.
            None if path == INDEX => ("./".to_owned(), index.clone().into_bytes()),
            None => (path, bytes),
        })
        .map(|(path, bytes)| {
            (
                path,
                format!("sha256-{}", BASE64.encode(Sha256::digest(bytes))),
            )
        })
        .collect();
    let worker = text(folder, SERVICE_WORKER)?;
    let worker = fill(&worker, &version, &integrity).ok_or(TaskError::ServiceWorker)?;
    write(folder, INDEX, &index)?;
    write(folder, SERVICE_WORKER, &worker)
}

/// Joins the style sheets in the order of their names, so that the page makes one request for all.
fn join_styles(folder: &Path) -> Result<(), TaskError> {
    let [parts, joined] = STYLES;
    let mut sheets = Files::new();
    gather(folder, parts, &mut sheets)?;
    let sheets: Vec<u8> = sheets.into_values().flatten().collect();
    fs::write(folder.join(joined), sheets).map_err(at(folder.join(joined)))?;
    fs::remove_dir_all(folder.join(parts)).map_err(at(folder.join(parts)))
}

/// Adds the file `part` of a folder, or all files below it.
fn gather(folder: &Path, part: &str, files: &mut Files) -> Result<(), TaskError> {
    let path = folder.join(part);
    if !path.is_dir() {
        files.insert(part.to_owned(), fs::read(&path).map_err(at(path))?);
        return Ok(());
    }
    for entry in fs::read_dir(&path).map_err(at(path.clone()))? {
        let name = entry.map_err(at(path.clone()))?.file_name();
        gather(folder, &format!("{part}/{}", name.to_string_lossy()), files)?;
    }
    Ok(())
}

/// The first 16 digits of a SHA-256 over all names and contents.
fn version(files: &Files) -> String {
    let mut digest = Sha256::new();
    for (path, bytes) in files {
        for part in [path.as_bytes(), bytes] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    let digest = digest.finalize();
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Fills a version and its files into the service worker's two empty constants.
fn fill(worker: &str, version: &str, integrity: &BTreeMap<String, String>) -> Option<String> {
    let (before, rest) = worker.split_once("const VERSION = \"\";")?;
    let (between, after) = rest.split_once("const FILES = {};")?;
    let files = serde_json::to_string_pretty(integrity).ok()?;
    Some(format!(
        "{before}const VERSION = \"{version}\";{between}const FILES = {files};{after}"
    ))
}

fn text(folder: &Path, name: &str) -> Result<String, TaskError> {
    let path = folder.join(name);
    fs::read_to_string(&path).map_err(at(path))
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), TaskError> {
    let path = folder.join(name);
    fs::write(&path, text).map_err(at(path))
}

fn at(path: PathBuf) -> impl FnOnce(io::Error) -> TaskError {
    |error| TaskError::File(path, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_its_names_and_contents() {
        let files = |name: &str, bytes: &[u8]| Files::from([(name.to_owned(), bytes.to_vec())]);
        let one = version(&files("code/a.js", b"bc"));
        assert_eq!(one.len(), 16);
        assert_eq!(one, version(&files("code/a.js", b"bc")));
        assert_ne!(one, version(&files("code/a.js", b"bd")));
        assert_ne!(one, version(&files("code/a.jsb", b"c")));
    }

    #[test]
    fn the_service_worker_has_room_for_its_files() {
        let worker = include_str!("../../../static/service_worker.js");
        let files = BTreeMap::from([("./".to_owned(), "sha256-x".to_owned())]);
        let filled = fill(worker, "0123", &files).expect("the template has both places");
        assert!(filled.contains("const VERSION = \"0123\";"));
        assert!(filled.contains("\"./\": \"sha256-x\""));
    }
}
