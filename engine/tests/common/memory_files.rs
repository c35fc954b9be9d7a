//! A checkpoint whose files are in memory.

use std::ops::Range;

use glance_engine::weights::{CheckpointFiles, FileEntry, WeightsError};

/// Files by name.
pub struct MemoryFiles {
    entries: Vec<FileEntry>,
    contents: Vec<Vec<u8>>,
}

impl MemoryFiles {
    /// A folder of these files.
    pub fn new<'a>(files: impl IntoIterator<Item = &'a (&'a str, &'a [u8])>) -> Self {
        let entry = |(name, bytes): &(&str, &[u8])| {
            let name = (*name).to_owned();
            let size = bytes.len() as u64;
            (FileEntry { name, size }, bytes.to_vec())
        };
        let (entries, contents) = files.into_iter().map(entry).unzip();
        Self { entries, contents }
    }
}

impl CheckpointFiles for MemoryFiles {
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
        Err(WeightsError::Missing("merges.txt".to_owned()))
    }
}
