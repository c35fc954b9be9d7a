//! Reads the tensors of a PyTorch archive (`torch.save` since 1.6, `torch.jit.save`): a zip with a
//! pickle that describes the tensors and one file for each storage (`torch/serialization.py`).
//!
//! ```text
//! legacy   files from before PyTorch 1.6
//! pickle   reads a pickle without running it
//! tensor   from a pickled tensor to an entry of the checkpoint's table
//! ```

mod legacy;
mod pickle;
mod tensor;

use std::collections::HashMap;

use crate::weights::checkpoint::files::{CheckpointFiles, size_of};
use crate::weights::checkpoint::tensors::{Place, StoredTensor, Tensors};
use crate::weights::checkpoint::zip_archive::{self, ZipEntry};
use crate::weights::error::WeightsError;
use pickle::PickledTensor;
use tensor::{MAX_PICKLE, placed, stored_type};

/// Adds the tensors of one file.
pub(super) async fn add(
    tensors: &mut Tensors,
    files: &impl CheckpointFiles,
    file: &str,
) -> Result<(), WeightsError> {
    let refuse = |reason: &str| WeightsError::Checkpoint(format!("{file}: {reason}"));
    let size = size_of(files, file).ok_or_else(|| refuse("there is no such file"))?;
    let start = files.read(file, 0..size.min(4)).await?;
    if start != *b"PK\x03\x04" {
        return legacy::add(tensors, files, file, size).await;
    }
    let entries = zip_archive::entries(files, file, size).await?;
    let folder = entries
        .iter()
        .find_map(|entry| entry.name.strip_suffix("data.pkl"))
        .ok_or_else(|| refuse("it is a zip file, but none that PyTorch wrote"))?
        .to_owned();
    let mut entries: HashMap<String, ZipEntry> = entries
        .into_iter()
        .filter_map(|entry| Some((entry.name.strip_prefix(&folder)?.to_owned(), entry)))
        .collect();
    if let Some(order) = entries.get("byteorder") {
        let bytes = order.data(files, file).await?;
        if order.size > 16 || files.read(file, bytes).await? != b"little" {
            return Err(refuse("its numbers are big-endian"));
        }
    }
    let pickle = entries
        .remove("data.pkl")
        .filter(|pickle| pickle.size <= MAX_PICKLE)
        .ok_or_else(|| refuse("its description of the tensors is too large"))?;
    let bytes = pickle.data(files, file).await?;
    let pickle = files.read(file, bytes).await?;
    for (name, tensor) in pickle::tensors(&pickle).map_err(refuse)? {
        let entry = entries
            .get(&format!("data/{}", tensor.storage))
            .ok_or_else(|| WeightsError::Missing(name.clone()))?;
        let tensor =
            stored(file, entry, tensor).ok_or_else(|| refuse("a tensor has no sensible shape"))?;
        tensors.insert(name, tensor);
    }
    Ok(())
}

fn stored(file: &str, entry: &ZipEntry, tensor: PickledTensor) -> Option<StoredTensor> {
    let (_, width) = stored_type(&tensor.storage_type);
    let offset = (tensor.offset as u64).checked_mul(width)?;
    placed(file, Place::Zip(entry.clone(), offset), tensor)
}
