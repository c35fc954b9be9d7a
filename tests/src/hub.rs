//! A hub with one repository, as the Hugging Face Hub answers, and what it was asked for.

use std::io::Cursor;
use std::sync::{Mutex, PoisonError};

use serde_json::json;
use tiny_http::Response;

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

    /// The answer to a path under `hub/`, with its query cut off.
    pub(crate) fn answer(&self, path: &str, range: Option<&str>) -> Response<Cursor<Vec<u8>>> {
        let repository = self.repository;
        if path == format!("api/models/{repository}/revision/main") {
            let siblings: Vec<_> = self
                .files
                .iter()
                .map(|(name, bytes)| json!({"rfilename": name, "size": bytes.len()}))
                .collect();
            let description =
                json!({"sha": COMMIT, "siblings": siblings, "cardData": {"license": "mit"}});
            return Response::from_string(description.to_string());
        }
        let name = path.strip_prefix(&format!("{repository}/resolve/{COMMIT}/"));
        let file = self
            .files
            .iter()
            .find(|(file, _)| Some(file.as_str()) == name);
        let Some((name, bytes)) = file else {
            return Response::from_data([]).with_status_code(404);
        };
        let part = range.and_then(|range| {
            let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
            bytes.get(first.parse().ok()?..=last.parse().ok()?)
        });
        let (status, body) = match part {
            Some(part) => (206, part),
            None => (200, bytes.as_slice()),
        };
        let mut served = self.served.lock().unwrap_or_else(PoisonError::into_inner);
        served.push((name.clone(), body.len()));
        Response::from_data(body).with_status_code(status)
    }
}
