//! The files of a checkpoint, wherever they are stored.

use std::ops::Range;

use crate::text::without_byte_order_mark;
use crate::weights::error::WeightsError;

/// Largest file that is read whole, in bytes: configurations and vocabularies. CLIP's vocabulary has 2 MB,
/// and a parsed one takes eleven times the memory of its file.
const MAX_SMALL_FILE: u64 = 32 << 20;

/// A file of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// Its name, without any folder.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
}

/// The folder of a checkpoint: on disk, picked by a person, or on a server.
pub trait CheckpointFiles {
    /// The files. Of several weight files, lists only the chosen one, or all its parts.
    fn files(&self) -> &[FileEntry];

    /// Reads exactly this range of a file.
    ///
    /// # Errors
    /// [`WeightsError::File`] if it cannot be read, or the error that stops the conversion, such as
    /// [`WeightsError::Cancelled`].
    fn read(
        &self,
        file: &str,
        range: Range<u64>,
    ) -> impl Future<Output = Result<Vec<u8>, WeightsError>>;

    /// OpenAI's byte-pair merges, one a line, for checkpoints without a vocabulary.
    ///
    /// # Errors
    /// [`WeightsError::File`] if they cannot be read.
    fn openai_merges(&self) -> impl Future<Output = Result<String, WeightsError>>;
}

/// The size of a file, if it exists.
pub(super) fn size_of(files: &impl CheckpointFiles, name: &str) -> Option<u64> {
    let mut entries = files.files().iter();
    Some(entries.find(|entry| entry.name == name)?.size)
}

/// Reads a small text file, if it exists, without its byte order mark.
///
/// # Errors
/// [`WeightsError::Checkpoint`] if the file is too large or in a wide encoding, and those of
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
                Err(wide) => Err(WeightsError::Checkpoint(format!(
                    "its {name} is in {wide}; save it as UTF-8"
                ))),
            }
        }
    }
}

/// Whether a file's name is that of a weight file. macOS leaves a `._` file beside each file that it
/// copies to other disks.
pub fn is_weights(name: &str) -> bool {
    if name.starts_with("._") {
        return false;
    }
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let known = ["safetensors", "bin", "pt", "pth", "ckpt"];
    known.iter().any(|known| extension == Some(known)) || name.ends_with(".index.json")
}
