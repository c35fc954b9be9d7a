//! The files of the page, with the model and the version of the page that a test asks for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::model::manifest;

/// Where the page looks for its model, below its own address.
pub const MODEL: &str = "models/demo.safetensors";
/// Where the page looks for its model's manifest.
pub const MANIFEST: &str = "models/demo.json";

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
    replaced: BTreeMap<String, File>,
    /// Folders beside the page, each with the path it is served under.
    mounted: Vec<(&'static str, PathBuf)>,
    /// Cached files of those folders, so that benchmarks do not time the reading and hashing of
    /// hundreds of megabytes.
    read: BTreeMap<String, File>,
    /// The built version of the code, and how often it has changed since.
    version: Option<(String, u64)>,
}

impl Files {
    pub(super) fn new(dist: PathBuf) -> Self {
        Self {
            dist,
            replaced: BTreeMap::new(),
            mounted: Vec::new(),
            read: BTreeMap::new(),
            version: None,
        }
    }

    /// Replaces the model and its manifest.
    pub(super) fn publish(&mut self, pack: Vec<u8>) {
        self.replaced.insert(
            MANIFEST.to_owned(),
            File::new(manifest(&pack).json().into_bytes()),
        );
        self.replaced.insert(MODEL.to_owned(), File::new(pack));
    }

    /// Serves the files of a folder under a path that ends in `/`.
    pub(super) fn mount(&mut self, path: &'static str, folder: PathBuf) {
        self.mounted.push((path, folder));
    }

    /// The folder of the page's code as it was built.
    pub(super) fn code(&self) -> String {
        format!("code/{}", version(&self.dist))
    }

    /// Prepends a script to a program of the page's code, in place of an earlier script.
    pub(super) fn put_before(&mut self, program: &str, script: &str) {
        let path = format!("{}/{program}", self.code());
        let built = self.read(&path).expect("the built page has this program");
        let bytes = [script.as_bytes(), b"\n", &built.bytes].concat();
        self.replaced.insert(path, File::new(bytes));
    }

    /// Gives the code another version, and so another folder.
    pub(super) fn next_version(&mut self) {
        let (built, changes) = match self.version.take() {
            Some(version) => version,
            None => (version(&self.dist), 0),
        };
        self.version = Some((built, changes + 1));
    }

    pub(super) fn get(&mut self, path: &str) -> Option<File> {
        if let Some(file) = self.replaced.get(path).or_else(|| self.read.get(path)) {
            return Some(file.clone());
        }
        for (mount, folder) in &self.mounted {
            if let Some(rest) = path.strip_prefix(mount) {
                let file = read(folder, rest)?;
                self.read.insert(path.to_owned(), file.clone());
                return Some(file);
            }
        }
        let Some((built, changes)) = &self.version else {
            return self.read(path);
        };
        let served = format!("{changes:016x}");
        if let Some(path) = path.strip_prefix("code/") {
            let (version, name) = path.split_once('/')?;
            let current = version == served;
            return current.then(|| self.read(&format!("code/{built}/{name}")))?;
        }
        let file = self.read(path)?;
        let renamed = |file: &File| {
            let text = std::str::from_utf8(&file.bytes).ok()?;
            Some(text.replace(built, &served))
        };
        Some(match path {
            "index.html" => File::new(renamed(&file)?.into_bytes()),
            // It contains the page's digest.
            "service_worker.js" => {
                let page = self.read("index.html")?;
                let (before, after) = (integrity(&page.bytes), integrity(renamed(&page)?));
                File::new(renamed(&file)?.replace(&before, &after).into_bytes())
            }
            _ => file,
        })
    }

    fn read(&self, path: &str) -> Option<File> {
        read(&self.dist, path)
    }
}

fn read(folder: &Path, path: &str) -> Option<File> {
    let inside = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let bytes = inside.then(|| fs::read(folder.join(path)).ok())?;
    bytes.map(File::new)
}

fn version(dist: &Path) -> String {
    let mut versions = fs::read_dir(dist.join("code")).expect("the built page has its code");
    let version = versions
        .next()
        .and_then(|entry| entry.ok()?.file_name().into_string().ok());
    version.expect("the code lies in a folder named after its content")
}

/// A digest in the service worker's format.
fn integrity(bytes: impl AsRef<[u8]>) -> String {
    format!("sha256-{}", BASE64.encode(Sha256::digest(bytes)))
}

pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
