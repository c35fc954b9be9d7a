//! A checkpoint's folder in memory.

use std::borrow::Cow;
use std::ops::Range;

use glance_engine::weights::{CheckpointFiles, FileEntry, WeightsError};

/// Files by name.
pub struct MemoryFiles<'a> {
    entries: Vec<FileEntry>,
    contents: Vec<Cow<'a, [u8]>>,
}

impl<'a> MemoryFiles<'a> {
    pub fn new(files: impl IntoIterator<Item = (&'static str, Cow<'a, [u8]>)>) -> Self {
        let entry = |(name, bytes): (&str, Cow<'a, [u8]>)| {
            let size = bytes.len() as u64;
            let name = name.to_owned();
            (FileEntry { name, size }, bytes)
        };
        let (entries, contents) = files.into_iter().map(entry).unzip();
        Self { entries, contents }
    }
}

impl CheckpointFiles for MemoryFiles<'_> {
    fn files(&self) -> &[FileEntry] {
        &self.entries
    }

    async fn read(&self, file: &str, range: Range<u64>) -> Result<Vec<u8>, WeightsError> {
        let index = self.entries.iter().position(|entry| entry.name == file);
        let bytes = index
            .and_then(|index| self.contents[index].get(range.start as usize..range.end as usize));
        bytes.map(<[u8]>::to_vec).ok_or_else(|| WeightsError::File {
            path: file.to_owned(),
            reason: "it is cut short".to_owned(),
        })
    }

    async fn openai_merges(&self) -> Result<String, WeightsError> {
        Ok(String::new())
    }
}
