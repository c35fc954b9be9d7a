//! A pack or a checkpoint in files that the person chose.

use std::ops::Range;

use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, File};

use crate::web::net::body::read_body;
use crate::web::net::fetch::{HttpCache, fetch};
use crate::weights::{CheckpointFiles, FileEntry, METADATA_KEY, WeightsError, one_folder};

/// Bytes at a file's start that tell a pack from another safetensors file.
const PACK_MARK: u64 = 64;
/// Most bytes of OpenAI's merges.
const MAX_MERGES: u64 = 4 << 20;

/// Files on the person's disk, read one range at a time.
pub struct PickedFiles {
    entries: Vec<FileEntry>,
    files: Vec<File>,
    merges_url: String,
    signal: AbortSignal,
}

impl PickedFiles {
    /// Selects the files of one folder. `merges_url` is where OpenAI's merges are fetched from if
    /// the files have no vocabulary.
    ///
    /// # Errors
    /// [`WeightsError::Checkpoint`] if several folders qualify.
    pub fn new(
        files: Vec<File>,
        merges_url: String,
        signal: AbortSignal,
    ) -> Result<Self, WeightsError> {
        let paths: Vec<String> = files.iter().map(path).collect();
        let chosen = one_folder(&paths)
            .map_err(|ambiguous| WeightsError::Checkpoint(ambiguous.to_string()))?;
        let files: Vec<File> = chosen
            .into_iter()
            .map(|index| files[index].clone())
            .collect();
        let entry = |file: &File| FileEntry {
            name: file.name(),
            size: file.size() as u64,
        };
        Ok(Self {
            entries: files.iter().map(entry).collect(),
            files,
            merges_url,
            signal,
        })
    }

    /// The pack's size in bytes, if exactly one file was chosen and it is a pack.
    pub async fn pack(&self) -> Result<Option<u64>, WeightsError> {
        let [FileEntry { name, size }] = self.entries.as_slice() else {
            return Ok(None);
        };
        let start = self.read(name, 0..PACK_MARK.min(*size)).await?;
        let mark = format!("{{\"__metadata__\":{{\"{METADATA_KEY}\":");
        let found = start
            .get(8..)
            .is_some_and(|json| json.starts_with(mark.as_bytes()));
        Ok(found.then_some(*size))
    }

    /// The bytes of the only file.
    pub async fn read_pack(&self) -> Result<Vec<u8>, WeightsError> {
        match self.entries.as_slice() {
            [FileEntry { name, size }] => self.read(name, 0..*size).await,
            _ => Ok(Vec::new()),
        }
    }

    /// The folder's name, or else the weight file's.
    pub fn name(&self) -> String {
        let path = self.files.first().map(path);
        let folder = path.as_deref().and_then(|path| path.split_once('/'));
        let folder = folder.map(|(folder, _)| folder.to_owned());
        let weights = || {
            let mut names = self.entries.iter().map(|entry| &entry.name);
            let name = names.find(|name| crate::weights::is_weights(name))?;
            Some(
                name.rsplit_once('.')
                    .map_or(name.as_str(), |(stem, _)| stem)
                    .to_owned(),
            )
        };
        folder.or_else(weights).unwrap_or_else(|| "CLIP".to_owned())
    }
}

/// A file's path in the picked folder, or its name if it was picked alone.
fn path(file: &File) -> String {
    let path = js_sys::Reflect::get(file, &"webkitRelativePath".into());
    let path = path.ok().and_then(|path| path.as_string());
    path.filter(|path| !path.is_empty())
        .unwrap_or_else(|| file.name())
}

impl CheckpointFiles for PickedFiles {
    fn files(&self) -> &[FileEntry] {
        &self.entries
    }

    async fn read(&self, file: &str, range: Range<u64>) -> Result<Vec<u8>, WeightsError> {
        if self.signal.aborted() {
            return Err(WeightsError::Cancelled);
        }
        let unreadable = || WeightsError::File {
            path: file.to_owned(),
            reason: "it cannot be read any more; choose it again".to_owned(),
        };
        let mut found = self.files.iter().filter(|found| found.name() == file);
        let found = found.next().ok_or_else(unreadable)?;
        let part = found
            .slice_with_f64_and_f64(range.start as f64, range.end as f64)
            .map_err(|_| unreadable())?;
        let buffer = JsFuture::from(part.array_buffer())
            .await
            .map_err(|_| unreadable())?;
        let bytes = Uint8Array::new(&buffer).to_vec();
        match bytes.len() as u64 == range.end.saturating_sub(range.start) {
            true => Ok(bytes),
            false => Err(WeightsError::File {
                path: file.to_owned(),
                reason: "it is cut short".to_owned(),
            }),
        }
    }

    async fn openai_merges(&self) -> Result<String, WeightsError> {
        fetch_merges(&self.merges_url, &self.signal).await
    }
}

/// Fetches OpenAI's merges.
pub async fn fetch_merges(url: &str, signal: &AbortSignal) -> Result<String, WeightsError> {
    let fetched = async {
        let response = fetch(url, None, HttpCache::Revalidate, signal).await?;
        read_body(&response, MAX_MERGES, signal).await
    };
    let bytes = fetched
        .await
        .map_err(|error| error.of_file("CLIP's vocabulary"))?;
    String::from_utf8(bytes)
        .map_err(|_| WeightsError::Checkpoint("CLIP's vocabulary is not UTF-8".to_owned()))
}
