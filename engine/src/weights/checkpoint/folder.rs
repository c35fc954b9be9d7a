//! A checkpoint in a folder of this computer.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::files::{CheckpointFiles, FileEntry, is_weights};
use crate::text::openai_merges;
use crate::weights::error::WeightsError;

/// Merges of OpenAI's vocabulary of 49,408.
const OPENAI_MERGES: usize = 48_894;

/// A folder, or one weight file with what lies beside it.
pub struct Folder {
    path: PathBuf,
    files: Vec<FileEntry>,
}

impl Folder {
    /// Lists the folder `path`, or the folder around the weight file `path`, of whose weight files
    /// it is then the only one.
    ///
    /// # Errors
    /// [`WeightsError::File`] where the folder cannot be read.
    pub fn open(path: &Path) -> Result<Self, WeightsError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let refused = |error: io::Error| unreadable(&path, &error);
        let metadata = fs::metadata(&path).map_err(refused)?;
        let (folder, chosen) = match (metadata.is_dir(), path.parent(), path.file_name()) {
            (false, Some(folder), Some(name)) => (folder, Some(name)),
            _ => (path.as_path(), None),
        };
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            // A file of a Hub cache is a link, so the metadata are those of its target.
            let Ok(metadata) = fs::metadata(entry.path()) else {
                continue;
            };
            let name = entry.file_name();
            let unchosen = chosen.is_some_and(|chosen| chosen != name);
            let Some(name) = name.to_str().filter(|_| metadata.is_file()) else {
                continue;
            };
            if unchosen && is_weights(name) {
                continue;
            }
            files.push(FileEntry {
                name: name.to_owned(),
                size: metadata.len(),
            });
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        let path = folder.to_owned();
        Ok(Self { path, files })
    }

    /// The folder's own name.
    pub fn name(&self) -> String {
        let whole = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let name = whole.file_name().map(|name| name.to_string_lossy());
        name.map_or_else(|| "CLIP".to_owned(), |name| name.into_owned())
    }
}

impl CheckpointFiles for Folder {
    fn files(&self) -> &[FileEntry] {
        &self.files
    }

    async fn read(&self, file: &str, range: Range<u64>) -> Result<Vec<u8>, WeightsError> {
        let path = self.path.join(file);
        part(&path, range).map_err(|error| unreadable(&path, &error))
    }

    async fn openai_merges(&self) -> Result<String, WeightsError> {
        Ok(openai_merges(OPENAI_MERGES).to_owned())
    }
}

fn part(path: &Path, range: Range<u64>) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(range.start))?;
    let length = range.end.saturating_sub(range.start);
    let mut bytes = Vec::new();
    let found = file.take(length).read_to_end(&mut bytes)?;
    match found as u64 == length {
        true => Ok(bytes),
        false => Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "it is cut short",
        )),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> WeightsError {
    WeightsError::File {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}
