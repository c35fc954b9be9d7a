//! A stand-in for the Hugging Face Hub with one repository, and a log of what it served.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The hub, served beside the page under `hub/`.
pub struct Hub {
    repository: &'static str,
    files: Vec<(String, Vec<u8>)>,
    served: Mutex<Vec<(String, usize)>>,
    withheld: Mutex<Option<&'static str>>,
    tells_wrong_hashes: AtomicBool,
}

impl Hub {
    /// A hub whose only repository has these files.
    pub fn new(repository: &'static str, files: Vec<(String, Vec<u8>)>) -> Self {
        Self {
            repository,
            files,
            served: Mutex::default(),
            withheld: Mutex::default(),
            tells_wrong_hashes: AtomicBool::new(false),
        }
    }

    /// Answers as if this file were not there, from the next request on.
    pub fn withhold(&self, file: Option<&'static str>) {
        *self.withheld.lock().unwrap_or_else(PoisonError::into_inner) = file;
    }

    /// Announces wrong hashes, from the next request on.
    pub fn announce_other_bytes(&self) {
        self.tells_wrong_hashes.store(true, Ordering::Relaxed);
    }

    /// Bytes sent of each file, an entry a request.
    pub fn served(&self) -> Vec<(String, usize)> {
        self.served
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The file at a path under `hub/`.
    pub(crate) fn file(&self, path: &str) -> Option<Vec<u8>> {
        let repository = self.repository;
        if path == format!("api/models/{repository}/revision/main") {
            let siblings: Vec<_> = self
                .files
                .iter()
                .map(|(name, bytes)| self.sibling(name, bytes))
                .collect();
            let description =
                json!({"sha": COMMIT, "siblings": siblings, "cardData": {"license": "mit"}});
            return Some(description.to_string().into_bytes());
        }
        let name = self.name(path)?;
        if *self.withheld.lock().unwrap_or_else(PoisonError::into_inner) == Some(name) {
            return None;
        }
        let mut files = self.files.iter();
        files.find_map(|(file, bytes)| (file == name).then(|| bytes.clone()))
    }

    /// Logs that `bytes` bytes of a path under `hub/` are sent.
    pub(crate) fn note(&self, path: &str, bytes: usize) {
        if let Some(name) = self.name(path) {
            let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
            served.push((name.to_owned(), bytes));
        }
    }

    /// The description of a file. As on the Hub, weights are in Git LFS, which gives their hashes.
    fn sibling(&self, name: &str, bytes: &[u8]) -> Value {
        let mut sibling = json!({"rfilename": name, "size": bytes.len()});
        if name.ends_with(".safetensors") {
            let sha256 = match self.tells_wrong_hashes.load(Ordering::Relaxed) {
                true => "0".repeat(64),
                false => {
                    let digest = Sha256::digest(bytes);
                    digest.iter().map(|byte| format!("{byte:02x}")).collect()
                }
            };
            sibling["lfs"] = json!({"sha256": sha256, "size": bytes.len()});
        }
        sibling
    }

    fn name<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.repository)?
            .strip_prefix("/resolve/")?
            .strip_prefix(COMMIT)?
            .strip_prefix('/')
    }
}
