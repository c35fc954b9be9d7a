//! Recognises models that people may take for a CLIP, so that the error can name them.

use serde::Deserialize;

use crate::weights::checkpoint::tensors::Tensors;
use crate::weights::error::WeightsError;

/// Refuses a model that this engine does not run, by its name. `open_clip` is
/// `open_clip_config.json`, and `config` is transformers' `config.json`, if they are there.
///
/// # Errors
/// [`WeightsError::Checkpoint`] if it is one.
pub fn refuse(
    tensors: &Tensors,
    open_clip: Option<&[u8]>,
    config: Option<&[u8]>,
) -> Result<(), WeightsError> {
    let configured = || by_config(config.filter(|_| open_clip.is_none())?);
    let found = configured()
        .or_else(|| by_tensors(tensors))
        .or_else(|| by_open_clip(open_clip?));
    match found {
        Some(reason) => Err(WeightsError::Checkpoint(reason)),
        None => Ok(()),
    }
}

/// Names models of transformers whose type is not CLIP. Some have tensors named as CLIP's, with
/// another tokenizer or other layers.
fn by_config(json: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Described {
        model_type: Option<String>,
    }
    // Invalid JSON is reported elsewhere.
    let described: Described = serde_json::from_slice(json).ok()?;
    let kind = match described.model_type?.as_str() {
        // Towers alone are named by their tensors.
        "clip" | "clip_text_model" | "clip_vision_model" => return None,
        "siglip" | "siglip2" => "SigLIP".to_owned(),
        other => format!("model of the type {other}"),
    };
    Some(format!("it is a {kind}, which this version does not run"))
}

fn by_tensors(tensors: &Tensors) -> Option<String> {
    let any = |test: &dyn Fn(&str) -> bool| tensors.keys().any(|name| test(name));
    let begins = |start: &str| any(&|name| name.starts_with(start));
    let other = |name: &str| Some(format!("it is a {name}, which this version does not run"));
    if any(&|name| name.contains("lora_A.") || name.contains("lora_down.")) {
        let reason = "it holds a LoRA alone; merge that into its base model first";
        return Some(reason.to_owned());
    }
    if begins("model.diffusion_model.") {
        return other("Stable Diffusion model");
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

/// Names image towers that open_clip takes from timm.
fn by_open_clip(json: &[u8]) -> Option<String> {
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
    // Invalid JSON is reported elsewhere.
    let described: Described = serde_json::from_slice(json).unwrap_or_default();
    let tower = described.model_cfg.vision_cfg;
    let name = tower.timm_model_name.or(tower.eva_model_name)?;
    let name = name.to_ascii_lowercase();
    let kinds = [
        ("eva", "an EVA"),
        ("convnext", "a ConvNeXt"),
        ("fastvit", "a MobileCLIP"),
        ("mobileclip", "a MobileCLIP"),
    ];
    let kind = kinds.iter().find(|(start, _)| name.contains(start));
    let kind = kind.map_or("a network of timm's", |(_, kind)| kind);
    Some(format!(
        "its image tower is {kind}, which this version does not run"
    ))
}
