//! Names what people take for a checkpoint of a CLIP, so that they know what to look for instead.

use serde::Deserialize;

use super::files::{CheckpointFiles, read_small, size_of};
use super::tensors::Tensors;
use crate::weights::error::WeightsError;

/// Bytes at the start of a file that tell what it is.
const START: u64 = 512;

/// Refuses tensors of another network than a CLIP of this engine, by its name.
///
/// # Errors
/// [`WeightsError::Checkpoint`] where they are, and what the files say where they cannot be read.
pub(super) async fn refuse(
    files: &impl CheckpointFiles,
    tensors: &Tensors,
) -> Result<(), WeightsError> {
    match by_tensors(tensors).or(by_open_clip(files).await?) {
        Some(reason) => Err(WeightsError::Checkpoint(reason)),
        None => Ok(()),
    }
}

fn by_tensors(tensors: &Tensors) -> Option<String> {
    let any = |test: &dyn Fn(&str) -> bool| tensors.keys().any(|name| test(name));
    let begins = |start: &str| any(&|name| name.starts_with(start));
    let other = |name: &str| Some(format!("it is a {name}, which this version does not run"));
    if any(&|name| name.contains("lora_A.") || name.contains("lora_down.")) {
        let reason = "it holds a LoRA alone; merge that into its base model first";
        return Some(reason.to_owned());
    }
    if tensors.contains_key("logit_bias") {
        return other("SigLIP");
    }
    if begins("text_decoder.") {
        return other("CoCa");
    }
    if begins("image_encoder.model.") {
        return other("MobileCLIP");
    }
    let towers = [begins("text_model."), begins("vision_model.")];
    let missing = match towers {
        [true, false] => "it is a text tower without its image tower",
        [false, true] => "it is an image tower without its text tower",
        _ => return None,
    };
    Some(format!("{missing}; choose the whole model"))
}

/// Image towers that open_clip takes from timm.
async fn by_open_clip(files: &impl CheckpointFiles) -> Result<Option<String>, WeightsError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Described {
        model_cfg: Network,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Network {
        vision_cfg: Tower,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Tower {
        timm_model_name: Option<String>,
        eva_model_name: Option<String>,
    }
    let json = read_small(files, "open_clip_config.json").await?;
    // What is no JSON is told of elsewhere.
    let described = json.and_then(|json| serde_json::from_slice::<Described>(&json).ok());
    let tower = described.unwrap_or_default().model_cfg.vision_cfg;
    let Some(name) = tower.timm_model_name.or(tower.eva_model_name) else {
        return Ok(None);
    };
    let name = name.to_ascii_lowercase();
    let kinds = [
        ("eva", "an EVA"),
        ("convnext", "a ConvNeXt"),
        ("fastvit", "a MobileCLIP"),
        ("mobileclip", "a MobileCLIP"),
    ];
    let kind = kinds.iter().find(|(start, _)| name.contains(start));
    let kind = kind.map_or("a network of timm's", |(_, kind)| kind);
    let reason = format!("its image tower is {kind}, which this version does not run");
    Ok(Some(reason))
}

/// Names a folder without weights that this engine reads.
pub(super) fn without_weights(files: &impl CheckpointFiles) -> WeightsError {
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
            format!("its weights are those of {kind} alone; choose its safetensors or PyTorch file")
        }
        None => "there is no weight file in it".to_owned(),
    })
}

/// What lies in a weight file's place, where it is no weight file.
///
/// # Errors
/// What the files say where they cannot be read.
pub(super) async fn in_place_of(
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
