//! Picture files to network input, on every core.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use glance_engine::Picture;
use glance_engine::image::{ImageError, MAX_FILE_BYTES};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use thiserror::Error as ThisError;

/// Why one picture of many was left out.
#[derive(Debug, ThisError)]
pub enum PictureFailure {
    /// The file cannot be read.
    #[error("The file cannot be read ({0}); check its path.")]
    Unreadable(#[from] io::Error),
    /// The file is no usable picture.
    #[error(transparent)]
    Unusable(#[from] ImageError),
}

/// Decodes and prepares files, in order. Each decoded picture is dropped once it is prepared, so
/// memory holds one full picture a core.
pub fn prepare_all<T: Send>(
    paths: &[PathBuf],
    prepare: impl Fn(&Picture) -> T + Sync,
) -> Vec<Result<T, PictureFailure>> {
    paths
        .par_iter()
        .map(|path| Ok(prepare(&read(path)?)))
        .collect()
}

fn read(path: &Path) -> Result<Picture, PictureFailure> {
    // One byte more than the engine accepts is enough for it to refuse an endless file.
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_FILE_BYTES as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(Picture::decode(&bytes)?)
}
