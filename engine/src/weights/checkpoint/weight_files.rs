//! Finds and reads the weight files of a checkpoint, and recognises other files in their place.

use super::files::{CheckpointFiles, is_weights, size_of};
use super::tensors::Tensors;
use super::{pytorch, safetensors, wrappers};
use crate::weights::error::WeightsError;

/// Names of weight files on the Hub, in order of preference. An index names the parts.
const WEIGHT_FILES: [&str; 7] = [
    "model.safetensors",
    "model.safetensors.index.json",
    "open_clip_model.safetensors",
    "open_clip_pytorch_model.safetensors",
    "pytorch_model.bin",
    "pytorch_model.bin.index.json",
    "open_clip_pytorch_model.bin",
];

/// Bytes at the start of a file that show what it is.
const START: u64 = 512;

/// The tensors of the weight files.
///
/// # Errors
/// [`WeightsError`] if there are none, or several, or they cannot be read.
pub(super) async fn tensors(files: &impl CheckpointFiles) -> Result<Tensors, WeightsError> {
    let refuse = |reason: &str| WeightsError::Checkpoint(reason.to_owned());
    let known = WEIGHT_FILES
        .iter()
        .find(|name| size_of(files, name).is_some());
    let name = match known {
        Some(name) => *name,
        None => {
            let mut others = files.files().iter().filter(|file| is_weights(&file.name));
            let first = others.next().ok_or_else(|| without_weights(files))?;
            if others.next().is_some() {
                return Err(refuse(
                    "there are several weight files in it; choose one of them",
                ));
            }
            first.name.as_str()
        }
    };
    let parts = match name.ends_with(".index.json") {
        true => safetensors::parts(files, name).await?,
        false => [name.to_owned()].into(),
    };
    let mut tensors = Tensors::new();
    for part in parts {
        let added = match part.ends_with(".safetensors") {
            true => safetensors::add(&mut tensors, files, &part).await,
            false => pytorch::add(&mut tensors, files, &part).await,
        };
        if let Err(error) = added {
            let found = in_place_of(files, &part).await?;
            return Err(found.unwrap_or(error));
        }
    }
    wrappers::strip(tensors)
}

/// The error for a folder without supported weights. It names the format if it is known.
fn without_weights(files: &impl CheckpointFiles) -> WeightsError {
    let has = |end: &str| files.files().iter().any(|file| file.name.ends_with(end));
    let kinds = [
        (".onnx", "ONNX"),
        (".gguf", "GGUF"),
        (".msgpack", "Flax"),
        (".h5", "TensorFlow"),
        (".tflite", "TensorFlow Lite"),
        (".mlpackage", "Core ML"),
    ];
    let kind = kinds.iter().find(|(end, _)| has(end));
    WeightsError::Checkpoint(match kind {
        Some((_, kind)) => {
            format!("its weights are only in {kind} format; choose its safetensors or PyTorch file")
        }
        None => "there is no weight file in it".to_owned(),
    })
}

/// What a supposed weight file really is, if that is recognised.
///
/// # Errors
/// Those of [`CheckpointFiles::read`].
async fn in_place_of(
    files: &impl CheckpointFiles,
    file: &str,
) -> Result<Option<WeightsError>, WeightsError> {
    let size = size_of(files, file).unwrap_or(0);
    let start = files.read(file, 0..size.min(START)).await?;
    let text = String::from_utf8_lossy(&start).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let found = if text.starts_with("version https://git-lfs") {
        "is a pointer of Git LFS; fetch the file itself with git lfs pull"
    } else if text.starts_with("<!doctype html") || text.starts_with("<html") {
        "is a web page; fetch the file itself"
    } else if text.starts_with("gguf") {
        "is a GGUF file; choose a safetensors or PyTorch file"
    } else if text.starts_with("../") && size < START {
        "is a link that was copied as text; copy the file itself"
    } else {
        return Ok(None);
    };
    Ok(Some(WeightsError::Checkpoint(format!("{file} {found}"))))
}
