//! A hub with one repository, as the Hugging Face Hub answers, and what it was asked for.

use std::sync::{Mutex, PoisonError};

use serde_json::json;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The hub; it lies beside the page, under `hub/`.
pub struct Hub {
    repository: &'static str,
    files: Vec<(String, Vec<u8>)>,
    served: Mutex<Vec<(String, usize)>>,
}

impl Hub {
    /// A hub whose only repository has these files.
    pub fn new(repository: &'static str, files: Vec<(String, Vec<u8>)>) -> Self {
        Self {
            repository,
            files,
            served: Mutex::default(),
        }
    }

    /// Bytes that went out of each file, request by request.
    pub fn served(&self) -> Vec<(String, usize)> {
        self.served
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What lies at a path under `hub/`.
    pub(crate) fn file(&self, path: &str) -> Option<Vec<u8>> {
        let repository = self.repository;
        if path == format!("api/models/{repository}/revision/main") {
            let siblings: Vec<_> = self
                .files
                .iter()
                .map(|(name, bytes)| json!({"rfilename": name, "size": bytes.len()}))
                .collect();
            let description =
                json!({"sha": COMMIT, "siblings": siblings, "cardData": {"license": "mit"}});
            return Some(description.to_string().into_bytes());
        }
        let name = self.name(path)?;
        let mut files = self.files.iter();
        files.find_map(|(file, bytes)| (file == name).then(|| bytes.clone()))
    }

    /// Notes that so many bytes of a path under `hub/` go out.
    pub(crate) fn note(&self, path: &str, bytes: usize) {
        if let Some(name) = self.name(path) {
            let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
            served.push((name.to_owned(), bytes));
        }
    }

    fn name<'a>(&self, path: &'a str) -> Option<&'a str> {
        path.strip_prefix(self.repository)?
            .strip_prefix("/resolve/")?
            .strip_prefix(COMMIT)?
            .strip_prefix('/')
    }
}
