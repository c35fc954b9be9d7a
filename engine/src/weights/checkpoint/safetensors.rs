//! Reads the tensors of a safetensors file, or of several with an index.

use std::collections::{BTreeMap, BTreeSet};

use safetensors::tensor::{Dtype, Metadata};
use serde::Deserialize;

use super::files::{CheckpointFiles, read_small, size_of};
use super::tensors::{Place, StoredTensor, StoredType, Tensors};
use crate::weights::error::WeightsError;

/// Bytes of the header's length, at the start of the file.
const LENGTH: u64 = 8;
/// The largest header that the `safetensors` crate reads.
const MAX_HEADER: u64 = 100_000_000;

/// Adds the tensors of one file.
pub(super) async fn add(
    tensors: &mut Tensors,
    files: &impl CheckpointFiles,
    file: &str,
) -> Result<(), WeightsError> {
    let container =
        |reason: &dyn std::fmt::Display| WeightsError::Container(format!("{file}: {reason}"));
    let size = size_of(files, file).ok_or_else(|| container(&"there is no such file"))?;
    let length = files.read(file, 0..LENGTH.min(size)).await?;
    let length = length.first_chunk().copied().map(u64::from_le_bytes);
    let data = length
        .filter(|length| *length <= MAX_HEADER.min(size.saturating_sub(LENGTH)))
        .map(|length| LENGTH + length)
        .ok_or_else(|| container(&"it is cut short, or no safetensors file"))?;
    let header = files.read(file, LENGTH..data).await?;
    let metadata: Metadata = serde_json::from_slice(&header).map_err(|error| container(&error))?;
    if size - data != metadata.data_len() as u64 {
        return Err(container(&"its length differs from what it declares"));
    }
    // Other programs order the axes of convolutions differently, which no shape may show.
    let format = metadata.metadata().as_ref();
    let format = format.and_then(|metadata| metadata.get("format"));
    if let Some(format @ ("mlx" | "tf" | "flax" | "jax")) = format.map(String::as_str) {
        return Err(WeightsError::Checkpoint(format!(
            "{file} was written for {format}, which lays weights out differently; choose a file for \
             PyTorch"
        )));
    }
    for (name, info) in metadata.tensors() {
        let tensor = StoredTensor {
            file: file.to_owned(),
            place: Place::File(data + info.data_offsets.0 as u64),
            stored_type: stored_type(info.dtype),
            shape: info.shape.clone(),
            strides: None,
        };
        tensors.insert(name, tensor);
    }
    Ok(())
}

/// The files that an index (`*.index.json`) lists.
pub(super) async fn parts(
    files: &impl CheckpointFiles,
    index: &str,
) -> Result<BTreeSet<String>, WeightsError> {
    #[derive(Deserialize)]
    struct Index {
        weight_map: BTreeMap<String, String>,
    }
    let bytes = read_small(files, index).await?.unwrap_or_default();
    let index: Index = serde_json::from_slice(&bytes)
        .map_err(|error| WeightsError::Checkpoint(format!("{index}: {error}")))?;
    let parts: BTreeSet<String> = index.weight_map.into_values().collect();
    match parts.iter().find(|part| size_of(files, part).is_none()) {
        Some(part) => Err(WeightsError::Checkpoint(format!(
            "its part {part} is missing"
        ))),
        None => Ok(parts),
    }
}

fn stored_type(dtype: Dtype) -> StoredType {
    match dtype {
        Dtype::F32 => StoredType::F32,
        Dtype::F16 => StoredType::F16,
        Dtype::BF16 => StoredType::Bf16,
        Dtype::F64 => StoredType::F64,
        other => StoredType::Other(format!("{other:?}")),
    }
}
