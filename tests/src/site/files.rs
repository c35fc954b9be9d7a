//! The files of the page, with the model and the version of the page that a test asks for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{MANIFEST, MODEL};
use crate::model::manifest;

/// What is served under one path.
#[derive(Clone)]
pub(super) struct File {
    pub bytes: Bytes,
    /// The header `ETag`.
    pub tag: String,
}

impl File {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let digest = Sha256::digest(&bytes);
        let tag: String = digest[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let tag = format!("\"{tag}\"");
        let bytes = bytes.into();
        Self { bytes, tag }
    }

    pub(super) fn length(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// The files of the page.
pub(super) struct Files {
    dist: PathBuf,
    replaced: BTreeMap<&'static str, File>,
    /// The folder of the code as it was built, and how often it was renamed since.
    code: Option<(String, u64)>,
}

impl Files {
    pub(super) fn new(dist: PathBuf) -> Self {
        Self {
            dist,
            replaced: BTreeMap::new(),
            code: None,
        }
    }

    /// Puts a model in the place of the one that is there, and describes it.
    pub(super) fn publish(&mut self, pack: Vec<u8>) {
        self.replaced
            .insert(MANIFEST, File::new(manifest(&pack).json().into_bytes()));
        self.replaced.insert(MODEL, File::new(pack));
    }

    /// Gives the folder of the code another name.
    pub(super) fn rename_code(&mut self) {
        let (built, renamed) = match self.code.take() {
            Some(code) => code,
            None => (code_folder(&self.dist), 0),
        };
        self.code = Some((built, renamed + 1));
    }

    pub(super) fn get(&self, path: &str) -> Option<File> {
        if let Some(file) = self.replaced.get(path) {
            return Some(file.clone());
        }
        let Some((built, renamed)) = &self.code else {
            return self.read(path);
        };
        let served = format!("code-{renamed:016x}");
        match path.split_once('/') {
            Some((folder, rest)) if folder == served => self.read(&format!("{built}/{rest}")),
            Some((folder, _)) if folder.starts_with("code-") => None,
            Some(_) => self.read(path),
            None => {
                let file = self.read(path)?;
                Some(match std::str::from_utf8(&file.bytes) {
                    Ok(text) => File::new(text.replace(built, &served).into_bytes()),
                    Err(_) => file,
                })
            }
        }
    }

    fn read(&self, path: &str) -> Option<File> {
        let inside = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        let bytes = inside.then(|| fs::read(self.dist.join(path)).ok())?;
        bytes.map(File::new)
    }
}

fn code_folder(dist: &Path) -> String {
    let entries = fs::read_dir(dist).expect("the built page can be read");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut folders = names.filter(|name| name.starts_with("code-"));
    let folder = folders.next();
    folder.expect("the built page has its code in a folder named after its content")
}

pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
