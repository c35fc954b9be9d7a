//! A checkpoint in a repository of the Hugging Face Hub.
//!
//! The Hub's interface: `GET /api/models/{owner}/{name}/revision/{revision}?blobs=true` lists a
//! repository's files with their sizes and the commit they are from; `GET
//! /{owner}/{name}/resolve/{commit}/{file}` is a file, in parts where a range is asked for.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::rc::Rc;

use serde::Deserialize;
use thiserror::Error as ThisError;
use web_sys::AbortSignal;

use super::fetch::{Copies, FetchError, fetch, read_body};
use super::picked_files::fetch_merges;
use crate::weights::{CheckpointFiles, FileEntry, WeightsError};

/// Bytes fetched at once; tensors that lie close together share a request.
const WINDOW: u64 = 8 << 20;
/// Windows that are kept: a checkpoint's order and ours differ a little.
const WINDOWS_KEPT: usize = 4;
/// Bytes of a repository's description.
const MAX_DESCRIPTION: u64 = 4 << 20;

/// Why a repository cannot be looked into.
#[derive(Debug, ThisError)]
pub(super) enum HubError {
    #[error("“{0}” is no name of a model; write owner/name or owner/name@revision.")]
    Name(String),
    #[error("The hub has no model {0} that anyone may read; check its name.")]
    Unknown(String),
    #[error("The hub answered something that cannot be understood ({0}); try again later.")]
    Answer(String),
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

/// `owner/name` or `owner/name@revision`, with characters that the Hub allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Repository {
    id: String,
    revision: String,
}

impl Repository {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// [`HubError::Name`].
    pub(super) fn parse(text: &str) -> Result<Self, HubError> {
        let text = text.trim();
        let refused = || HubError::Name(text.chars().take(100).collect());
        let (id, revision) = text.split_once('@').unwrap_or((text, "main"));
        let plain = |part: &str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            let dots = part.chars().all(|character| character == '.');
            part.len() <= 96 && !part.is_empty() && !dots && part.bytes().all(allowed)
        };
        let (owner, name) = id.split_once('/').ok_or_else(refused)?;
        // A branch's name may have slashes, which the address then has as %2F.
        let branch = revision.split('/').all(plain);
        match plain(owner) && plain(name) && branch {
            true => Ok(Self {
                id: id.to_owned(),
                revision: revision.replace('/', "%2F"),
            }),
            false => Err(refused()),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.revision.as_str() {
            "main" => formatter.write_str(&self.id),
            revision => write!(formatter, "{}@{revision}", self.id),
        }
    }
}

/// The files of a repository at one commit.
pub(super) struct Hub {
    base: String,
    id: String,
    commit: String,
    license: Option<String>,
    entries: Vec<FileEntry>,
    windows: RefCell<VecDeque<Rc<Window>>>,
    merges_url: String,
    signal: AbortSignal,
}

struct Window {
    file: String,
    start: u64,
    bytes: Vec<u8>,
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
}

#[derive(Deserialize)]
struct Card {
    license: Option<String>,
}

impl Hub {
    /// Asks the hub at `base` for the list of a repository's files.
    ///
    /// # Errors
    /// [`HubError`].
    pub(super) async fn open(
        base: &str,
        repository: &Repository,
        merges_url: String,
        signal: AbortSignal,
    ) -> Result<Self, HubError> {
        let base = base.trim_end_matches('/').to_owned();
        let Repository { id, revision } = repository;
        let url = format!("{base}/api/models/{id}/revision/{revision}?blobs=true");
        // The Hub says 401 for what does not exist, since it might be private.
        let response = match fetch(&url, None, Copies::Current, &signal).await {
            Err(FetchError::Status(401 | 403 | 404)) => return Err(HubError::Unknown(id.clone())),
            response => response?,
        };
        let bytes = read_body(&response, MAX_DESCRIPTION, &signal).await?;
        let description: Description =
            serde_json::from_slice(&bytes).map_err(|error| HubError::Answer(error.to_string()))?;
        if !description
            .sha
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric())
        {
            return Err(HubError::Answer("its commit has no plain name".to_owned()));
        }
        let entry = |file: Sibling| {
            let name = file.rfilename;
            // A checkpoint lies at the top of its repository.
            let size = file.size.filter(|_| !name.contains(['/', '?', '#', '%']))?;
            Some(FileEntry { name, size })
        };
        Ok(Self {
            base,
            id: id.clone(),
            commit: description.sha,
            license: description.card.and_then(|card| card.license),
            entries: description.siblings.into_iter().filter_map(entry).collect(),
            windows: RefCell::default(),
            merges_url,
            signal,
        })
    }

    /// The licence on the repository's card.
    pub(super) fn license(&self) -> Option<&str> {
        self.license.as_deref()
    }

    async fn fetch(&self, file: &str, range: &Range<u64>) -> Result<Vec<u8>, FetchError> {
        let Self {
            base, id, commit, ..
        } = self;
        let url = format!("{base}/{id}/resolve/{commit}/{file}");
        let response = fetch(&url, Some(range), Copies::Current, &self.signal).await?;
        let expected = range.end - range.start;
        let size = self.entries.iter().find(|entry| entry.name == file);
        let whole = size.is_some_and(|entry| *range == (0..entry.size));
        // 200 is the whole file: a server that does not know ranges.
        if response.status() != 206 && !whole {
            return Err(FetchError::Status(response.status()));
        }
        let bytes = read_body(&response, expected, &self.signal).await?;
        match bytes.len() as u64 {
            received if received == expected => Ok(bytes),
            received => Err(FetchError::Length { received, expected }),
        }
    }

    async fn window(&self, file: &str, start: u64, end: u64) -> Result<Rc<Window>, FetchError> {
        let kept = |window: &&Rc<Window>| window.file == file && window.start == start;
        if let Some(window) = self.windows.borrow().iter().find(kept) {
            return Ok(Rc::clone(window));
        }
        let bytes = self.fetch(file, &(start..end)).await?;
        let window = Rc::new(Window {
            file: file.to_owned(),
            start,
            bytes,
        });
        let mut windows = self.windows.borrow_mut();
        windows.push_front(Rc::clone(&window));
        windows.truncate(WINDOWS_KEPT);
        Ok(window)
    }
}

impl CheckpointFiles for Hub {
    fn files(&self) -> &[FileEntry] {
        &self.entries
    }

    async fn read(&self, file: &str, range: Range<u64>) -> Result<Vec<u8>, WeightsError> {
        let size = self.entries.iter().find(|entry| entry.name == file);
        let size = size.map_or(0, |entry| entry.size);
        if range.start > range.end || range.end > size {
            return Err(WeightsError::File {
                path: file.to_owned(),
                reason: "it is cut short".to_owned(),
            });
        }
        let mut bytes = Vec::with_capacity((range.end - range.start) as usize);
        let mut at = range.start;
        while at < range.end {
            let start = at / WINDOW * WINDOW;
            let end = (start + WINDOW).min(size);
            let window = self.window(file, start, end).await;
            let window = window.map_err(|error| error.of_file(file))?;
            let last = range.end.min(end);
            bytes.extend_from_slice(&window.bytes[(at - start) as usize..(last - start) as usize]);
            at = last;
        }
        Ok(bytes)
    }

    async fn openai_merges(&self) -> Result<String, WeightsError> {
        fetch_merges(&self.merges_url, &self.signal).await
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::Repository;

    #[wasm_bindgen_test]
    fn names_are_checked_before_they_become_addresses() {
        let parsed = Repository::parse(" openai/clip-vit-base-patch32 ").expect("a plain name");
        assert_eq!(parsed.revision, "main");
        let parsed = Repository::parse("a/b.c@refs/pr/1").expect("a branch with slashes");
        assert_eq!(
            (parsed.id.as_str(), parsed.revision.as_str()),
            ("a/b.c", "refs%2Fpr%2F1")
        );
        for text in [
            "",
            "clip",
            "a/b/c",
            "../x",
            "a/..",
            "a/b@",
            "a/b?c",
            "a/b@../..",
            "https://a/b",
            "a b/c",
        ] {
            assert!(Repository::parse(text).is_err(), "{text}");
        }
    }
}
