//! The files of a checkpoint, wherever they lie.

use std::ops::Range;

use crate::text::{Utf16, without_byte_order_mark};
use crate::weights::error::WeightsError;

/// Bytes that a file read whole may have: configurations and vocabularies.
const MAX_SMALL_FILE: u64 = 64 << 20;

/// A file beside others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// Its name, without any folder.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// A folder that a checkpoint lies in: on a disk, in a person's hands, on a server.
pub trait CheckpointFiles {
    /// What lies there. Of several weight files the caller lists only the one it means, or all
    /// parts of it.
    fn files(&self) -> &[FileEntry];

    /// Bytes of one of them: exactly those asked for.
    ///
    /// # Errors
    /// [`WeightsError::File`] where they cannot be read; whatever stops a longer work.
    fn read(
        &self,
        file: &str,
        range: Range<u64>,
    ) -> impl Future<Output = Result<Vec<u8>, WeightsError>>;

    /// OpenAI's byte-pair merges, one a line, for checkpoints that bring no vocabulary.
    ///
    /// # Errors
    /// [`WeightsError::File`] where they cannot be read.
    fn openai_merges(&self) -> impl Future<Output = Result<String, WeightsError>>;
}

/// The size of a file that is there.
pub(super) fn size_of(files: &impl CheckpointFiles, name: &str) -> Option<u64> {
    let mut entries = files.files().iter();
    Some(entries.find(|entry| entry.name == name)?.size)
}

/// A small text file whole, if it is there, without a byte order mark.
///
/// # Errors
/// [`WeightsError::Checkpoint`] where the file is too large or in UTF-16, and those of
/// [`CheckpointFiles::read`].
pub(super) async fn read_small(
    files: &impl CheckpointFiles,
    name: &str,
) -> Result<Option<Vec<u8>>, WeightsError> {
    match size_of(files, name) {
        None => Ok(None),
        Some(size) if size > MAX_SMALL_FILE => Err(WeightsError::Checkpoint(format!(
            "{name} has {} MB, far more than such a file needs",
            size / 1_000_000
        ))),
        Some(size) => {
            let bytes = files.read(name, 0..size).await?;
            match without_byte_order_mark(&bytes) {
                Ok(text) => Ok(Some(text.to_vec())),
                Err(Utf16) => Err(WeightsError::Checkpoint(format!(
                    "its {name} is in UTF-16; save it as UTF-8"
                ))),
            }
        }
    }
}

/// Whether a file's name is one that weights have.
pub fn is_weights(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let known = ["safetensors", "bin", "pt", "pth", "ckpt"];
    known.iter().any(|known| extension == Some(known)) || name.ends_with(".index.json")
}
