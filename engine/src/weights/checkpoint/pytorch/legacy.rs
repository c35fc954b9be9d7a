//! Reads the tensors of a file that `torch.save` wrote before PyTorch 1.6
//! (`torch/serialization.py`, `_legacy_save`). It has five pickles: a magic number, a version,
//! properties of the machine, the object, and the keys of its storages. The storages follow in the
//! order of their keys, each after its number of elements in eight bytes. All numbers are
//! little-endian.

use std::collections::HashMap;

use super::pickle::{self, Described, PickledTensor};
use super::tensor::{MAX_PICKLE, placed, stored_type};
use crate::weights::checkpoint::files::CheckpointFiles;
use crate::weights::checkpoint::tensors::{Place, StoredTensor, Tensors};
use crate::weights::error::WeightsError;

/// The pickled number 0x1950a86a20f9469cfc6c.
const MAGIC: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e";
/// Bytes that are read first. Most descriptions are shorter.
const FIRST_READ: u64 = 1 << 20;
/// Bytes before each storage.
const COUNT: u64 = 8;

/// Adds the tensors of one file.
pub(super) async fn add(
    tensors: &mut Tensors,
    files: &impl CheckpointFiles,
    file: &str,
    size: u64,
) -> Result<(), WeightsError> {
    let refuse = |reason: &str| WeightsError::Checkpoint(format!("{file}: {reason}"));
    let start = files.read(file, 0..size.min(MAGIC.len() as u64)).await?;
    if start != MAGIC {
        return Err(refuse("it is no archive of PyTorch"));
    }
    let mut head = files.read(file, 0..size.min(FIRST_READ)).await?;
    let mut described = describe(&head);
    if described
        .as_ref()
        .is_err_and(|reason| *reason == pickle::CUT)
        && size > FIRST_READ
    {
        head = files.read(file, 0..size.min(MAX_PICKLE)).await?;
        described = describe(&head);
    }
    let (
        Described {
            tensors: found,
            storages,
        },
        keys,
        length,
    ) = described.map_err(refuse)?;
    let classes: HashMap<&str, (&str, Option<usize>)> = storages
        .iter()
        .map(|storage| {
            (
                storage.key.as_str(),
                (storage.class.as_str(), storage.elements),
            )
        })
        .collect();
    let mut places = HashMap::new();
    let mut end = Some(length);
    for key in &keys {
        let bytes = classes
            .get(key.as_str())
            .and_then(|(class, elements)| width(class)?.checked_mul((*elements)? as u64));
        let start = end.and_then(|end| end.checked_add(COUNT));
        end = start
            .zip(bytes)
            .and_then(|(start, bytes)| start.checked_add(bytes));
        let (Some(start), Some(end)) = (start, end) else {
            return Err(refuse("it does not say where its tensors lie"));
        };
        places.insert(key.as_str(), start..end);
    }
    if end != Some(size) {
        return Err(refuse("it is damaged or cut short"));
    }
    for (name, tensor) in found {
        let place = places
            .get(tensor.storage.as_str())
            .ok_or_else(|| WeightsError::Missing(name.clone()))?;
        let tensor = stored(file, place.clone(), tensor)
            .ok_or_else(|| refuse("a tensor has no sensible shape"))?;
        tensors.insert(name, tensor);
    }
    Ok(())
}

/// The pickled description, the storages' keys, and the offset of the first storage.
fn describe(head: &[u8]) -> Result<(Described, Vec<String>, u64), &'static str> {
    let mut rest = head;
    for _ in ["magic number", "version", "machine"] {
        rest = pickle::skip_pickle(rest)?;
    }
    let (described, rest) = pickle::tensors_and_storages(rest)?;
    let (keys, rest) = pickle::texts(rest)?;
    Ok((described, keys, (head.len() - rest.len()) as u64))
}

/// Bytes of a value, also for storages without weights that lie in between.
fn width(class: &str) -> Option<u64> {
    match class {
        "LongStorage" => Some(8),
        "IntStorage" => Some(4),
        "ShortStorage" => Some(2),
        "CharStorage" | "ByteStorage" | "BoolStorage" => Some(1),
        "FloatStorage" | "HalfStorage" | "BFloat16Storage" | "DoubleStorage" => {
            Some(stored_type(class).1)
        }
        _ => None,
    }
}

/// A tensor in the storage that is these bytes of the file.
fn stored(
    file: &str,
    storage: std::ops::Range<u64>,
    tensor: PickledTensor,
) -> Option<StoredTensor> {
    let offset = (tensor.offset as u64).checked_mul(width(&tensor.storage_type)?)?;
    let start = storage.start.checked_add(offset)?;
    placed(file, Place::Part(start..storage.end), tensor)
}
