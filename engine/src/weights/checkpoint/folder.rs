//! A checkpoint in a local folder.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::files::{CheckpointFiles, FileEntry, is_weights};
use super::one_folder::one_folder;
use crate::text::openai_merges;
use crate::weights::error::WeightsError;

/// Merges of OpenAI's vocabulary of 49,408.
const OPENAI_MERGES: usize = 48_894;

/// Levels below a folder that are searched for weights. A Hub cache has its snapshots two below.
const DEPTH: usize = 3;
/// Maximum number of files to list, in case the folder is a whole disk.
const MOST_FILES: usize = 10_000;

/// A folder, or one weight file with the files beside it.
pub struct Folder {
    path: PathBuf,
    files: Vec<FileEntry>,
}

impl Folder {
    /// Lists the folder `path`, or the only folder below it that holds weights. If `path` is a
    /// weight file, lists its folder without other weight files.
    ///
    /// # Errors
    /// [`WeightsError::File`] if the folder cannot be read, [`WeightsError::Checkpoint`] if several
    /// folders below it hold weights.
    pub fn open(path: &Path) -> Result<Self, WeightsError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let refused = |error: io::Error| unreadable(&path, &error);
        let metadata = fs::metadata(&path).map_err(refused)?;
        match (metadata.is_dir(), path.parent(), path.file_name()) {
            (false, Some(folder), Some(chosen)) => {
                let mut files = list(folder).map_err(refused)?;
                files.retain(|file| !is_weights(&file.name) || *file.name == *chosen);
                let path = folder.to_owned();
                Ok(Self { path, files })
            }
            _ => Self::of(path),
        }
    }

    /// Lists the folder `path`, or the one below it.
    fn of(path: PathBuf) -> Result<Self, WeightsError> {
        let mut below = vec![(path.clone(), 0)];
        let mut files: Vec<(PathBuf, FileEntry)> = Vec::new();
        while let Some((folder, depth)) = below.pop() {
            let entries = match list(&folder) {
                Ok(entries) => entries,
                Err(error) if depth == 0 => return Err(unreadable(&path, &error)),
                // Folders below that cannot be read are skipped.
                Err(_) => continue,
            };
            files.extend(entries.into_iter().map(|file| (folder.clone(), file)));
            // Weights in the folder itself come first.
            if depth == 0 && files.iter().any(|(_, file)| is_weights(&file.name)) {
                break;
            }
            if files.len() > MOST_FILES {
                return Err(WeightsError::Checkpoint(format!(
                    "the folder has more than {MOST_FILES} files in it; choose the one that holds the weights"
                )));
            }
            if depth < DEPTH {
                let inner = folders(&folder).unwrap_or_default();
                below.extend(inner.into_iter().map(|inner| (inner, depth + 1)));
            }
        }
        let root = path.parent().unwrap_or(&path);
        let name = |(folder, file): &(PathBuf, FileEntry)| {
            let within = folder.strip_prefix(root).unwrap_or(folder);
            within.join(&file.name).to_string_lossy().replace('\\', "/")
        };
        let names: Vec<String> = files.iter().map(name).collect();
        let chosen = one_folder(&names)
            .map_err(|ambiguous| WeightsError::Checkpoint(ambiguous.to_string()))?;
        let folder = chosen.first().map(|index| files[*index].0.clone());
        let files = chosen.into_iter().map(|index| files[index].1.clone());
        Ok(Self {
            files: files.collect(),
            path: folder.unwrap_or(path),
        })
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

/// The files of a folder, sorted by name.
fn list(folder: &Path) -> io::Result<Vec<FileEntry>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Files of a Hub cache are links, so this follows them.
        let Ok(metadata) = fs::metadata(entry.path()) else {
            continue;
        };
        if let Some(name) = entry.file_name().to_str().filter(|_| metadata.is_file()) {
            files.push(FileEntry {
                name: name.to_owned(),
                size: metadata.len(),
            });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// The subfolders of a folder.
fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.filter_map(Result::ok);
    let paths = entries.map(|entry| entry.path());
    Ok(paths.filter(|path| path.is_dir()).collect())
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
