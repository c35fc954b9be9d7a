//! A checkpoint in a repository of the Hugging Face Hub.
//!
//! The Hub's API: `GET /api/models/{owner}/{name}/revision/{revision}?blobs=true` lists a
//! repository's files with their sizes, their commit, and the SHA-256 of the large ones. `GET
//! /{owner}/{name}/resolve/{commit}/{file}` is a file, or a range of it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;

use js_sys::Uint8Array;
use serde::Deserialize;
use web_sys::AbortSignal;

use crate::web::model_store::{WINDOW, Windows};
use crate::web::net::body::read_body;
use crate::web::net::fetch::{FetchError, HttpCache, fetch};
use crate::web::net::ranged_file::RangedFile;
use crate::web::source::picked_files::fetch_merges;
use crate::weights::{CheckpointFiles, FileEntry, WeightsError};

mod error;
mod prefetch;
mod repository;

pub use error::HubError;
pub use repository::Repository;

/// Windows cached in memory, because a checkpoint's order differs a little from ours.
const WINDOWS_HELD: usize = 4;
/// Most windows of a file: 4 TiB.
const MAX_WINDOWS: usize = 1 << 20;
/// Most bytes of a repository's description.
const MAX_DESCRIPTION: u64 = 4 << 20;

/// The files of a repository at one commit.
pub struct Hub {
    commit: String,
    license: Option<String>,
    entries: Vec<FileEntry>,
    files: Vec<RemoteFile>,
    windows: RefCell<VecDeque<((usize, usize), Uint8Array)>>,
    /// Where windows are stored beyond this visit.
    stored: Option<Windows>,
    merges_url: String,
    signal: AbortSignal,
}

/// The file of an entry on the server.
struct RemoteFile {
    ranged: RangedFile,
    sha256: Option<String>,
}

#[derive(Deserialize)]
struct Description {
    sha: String,
    #[serde(default)]
    siblings: Vec<Sibling>,
    #[serde(rename = "cardData")]
    card: Option<Card>,
}

#[derive(Deserialize)]
struct Sibling {
    rfilename: String,
    size: Option<u64>,
    lfs: Option<LargeFile>,
}

/// What Git LFS records of a file.
#[derive(Deserialize)]
struct LargeFile {
    sha256: Option<String>,
}

#[derive(Deserialize)]
struct Card {
    license: Option<String>,
}

impl Hub {
    /// Lists a repository's files, from the Hub at `base`.
    ///
    /// # Errors
    /// [`HubError`].
    pub async fn open(
        base: &str,
        repository: &Repository,
        merges_url: String,
        signal: AbortSignal,
    ) -> Result<Self, HubError> {
        let base = base.trim_end_matches('/');
        let Repository { id, revision } = repository;
        let url = format!("{base}/api/models/{id}/revision/{revision}?blobs=true");
        // The Hub answers 401 for a missing repository, because it could be private.
        let response = match fetch(&url, None, HttpCache::Revalidate, &signal).await {
            Err(FetchError::Status(401 | 403 | 404)) => return Err(HubError::Unknown(id.clone())),
            response => response?,
        };
        let bytes = read_body(&response, MAX_DESCRIPTION, &signal).await?;
        let description: Description =
            serde_json::from_slice(&bytes).map_err(|error| HubError::Answer(error.to_string()))?;
        let commit = description.sha;
        if !commit.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(HubError::Answer("its commit has no plain name".to_owned()));
        }
        let (mut entries, mut files) = (Vec::new(), Vec::new());
        for Sibling {
            rfilename: name,
            size,
            lfs,
        } in description.siblings
        {
            // A checkpoint is in its repository's top folder.
            let Some(size) = size.filter(|_| !name.contains(['/', '?', '#', '%'])) else {
                continue;
            };
            let url = format!("{base}/{id}/resolve/{commit}/{name}");
            files.push(RemoteFile {
                ranged: RangedFile::immutable(url, size, signal.clone()),
                sha256: lfs.and_then(|file| file.sha256),
            });
            entries.push(FileEntry { name, size });
        }
        Ok(Self {
            commit,
            license: description.card.and_then(|card| card.license),
            entries,
            files,
            windows: RefCell::default(),
            stored: None,
            merges_url,
            signal,
        })
    }

    /// The commit of the files.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// The licence on the repository's card.
    pub fn license(&self) -> Option<&str> {
        self.license.as_deref()
    }

    /// Stores windows that are fetched from now on, and reads stored ones.
    pub fn store(&mut self, windows: Windows) {
        self.stored = Some(windows);
    }

    fn position(&self, file: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.name == file)
    }

    /// The byte range of a window in its file.
    fn range(&self, file: usize, window: usize) -> Range<u64> {
        let size = self.entries[file].size;
        let start = window as u64 * WINDOW;
        start.min(size)..(start + WINDOW).min(size)
    }

    /// A window from memory, the store or the server.
    async fn window(&self, file: usize, window: usize) -> Result<Uint8Array, FetchError> {
        let place = (file, window);
        let held = |windows: &VecDeque<((usize, usize), Uint8Array)>| {
            let (_, bytes) = windows.iter().find(|(held, _)| *held == place)?;
            Some(bytes.clone())
        };
        if let Some(bytes) = held(&self.windows.borrow()) {
            return Ok(bytes);
        }
        let bytes = match self.stored_window(file, window).await {
            Some(bytes) => bytes,
            None => self.fetch_window(file, window, |_| {}).await?,
        };
        let mut windows = self.windows.borrow_mut();
        windows.push_front((place, bytes.clone()));
        windows.truncate(WINDOWS_HELD);
        Ok(bytes)
    }

    async fn stored_window(&self, file: usize, window: usize) -> Option<Uint8Array> {
        let stored = self.stored.as_ref()?;
        let bytes = stored.get(index(file, window)).await?;
        let range = self.range(file, window);
        (u64::from(bytes.length()) == range.end - range.start).then_some(bytes)
    }

    async fn fetch_window(
        &self,
        file: usize,
        window: usize,
        advance: impl Fn(i64),
    ) -> Result<Uint8Array, FetchError> {
        let range = self.range(file, window);
        let ranged = &self.files[file].ranged;
        let bytes = ranged.read_whole(range, advance).await?;
        if let Some(stored) = &self.stored {
            stored.put(index(file, window), &bytes).await;
        }
        Ok(bytes)
    }
}

/// The index of a window among those of all files.
fn index(file: usize, window: usize) -> usize {
    file * MAX_WINDOWS + window
}

impl CheckpointFiles for Hub {
    fn files(&self) -> &[FileEntry] {
        &self.entries
    }

    async fn read(&self, file: &str, range: Range<u64>) -> Result<Vec<u8>, WeightsError> {
        let short = || WeightsError::File {
            path: file.to_owned(),
            reason: "it is cut short".to_owned(),
        };
        let position = self.position(file).ok_or_else(short)?;
        if range.start > range.end || range.end > self.entries[position].size {
            return Err(short());
        }
        let mut bytes = vec![0; (range.end - range.start) as usize];
        let mut done = 0;
        while done < bytes.len() {
            let at = range.start + done as u64;
            let window = self.window(position, (at / WINDOW) as usize).await;
            let window = window.map_err(|error| error.of_file(file))?;
            let start = (at % WINDOW) as usize;
            let count = (bytes.len() - done).min(window.length() as usize - start);
            let part = window.subarray(start as u32, (start + count) as u32);
            part.copy_to(&mut bytes[done..done + count]);
            done += count;
        }
        Ok(bytes)
    }

    async fn openai_merges(&self) -> Result<String, WeightsError> {
        fetch_merges(&self.merges_url, &self.signal).await
    }
}
