//! `open_clip_config.json`: what the shapes of an open_clip checkpoint do not show.

use serde::Deserialize;
use serde_json::Value;

use crate::config::Activation;
use crate::image::Preprocessing;
use crate::weights::error::WeightsError;

/// The parsed file.
#[derive(Deserialize)]
pub struct OpenClipConfig {
    model_cfg: Model,
    preprocess_cfg: Option<Value>,
}

/// Unknown fields may change the network, so they are refused. Sizes that the tensors show, and
/// settings for training, are accepted and ignored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    #[serde(rename = "embed_dim")]
    _embed_dim: Value,
    #[serde(default)]
    quick_gelu: bool,
    #[serde(rename = "init_logit_scale")]
    _init_logit_scale: Option<Value>,
    #[serde(rename = "init_logit_bias")]
    logit_bias: Option<Value>,
    /// Whether the text tower is in a module of its own, with other names.
    #[serde(default)]
    custom_text: bool,
    vision_cfg: Vision,
    text_cfg: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vision {
    #[serde(default = "head_width")]
    head_width: usize,
    #[serde(rename = "image_size")]
    _image_size: Option<Value>,
    #[serde(rename = "layers")]
    _layers: Option<Value>,
    #[serde(rename = "width")]
    _width: Option<Value>,
    #[serde(rename = "mlp_ratio")]
    _mlp_ratio: Option<Value>,
    #[serde(rename = "patch_size")]
    _patch_size: Option<Value>,
    #[serde(rename = "patch_dropout")]
    _patch_dropout: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    heads: usize,
    #[serde(rename = "context_length")]
    _context_length: Option<Value>,
    #[serde(rename = "vocab_size")]
    _vocab_size: Option<Value>,
    #[serde(rename = "width")]
    _width: Option<Value>,
    #[serde(rename = "layers")]
    _layers: Option<Value>,
    #[serde(rename = "mlp_ratio")]
    _mlp_ratio: Option<Value>,
    /// A tokenizer on the Hub that replaces CLIP's.
    hf_tokenizer_name: Option<String>,
}

fn head_width() -> usize {
    64
}

impl OpenClipConfig {
    /// Parses the file.
    ///
    /// # Errors
    /// [`WeightsError::Checkpoint`] if it describes a network that this engine does not run.
    pub fn parse(json: &[u8]) -> Result<Self, WeightsError> {
        let refuse = |reason: &dyn std::fmt::Display| {
            WeightsError::Checkpoint(format!("its open_clip_config.json: {reason}"))
        };
        let config: Self = serde_json::from_slice(json).map_err(|error| refuse(&error))?;
        if config.model_cfg.custom_text {
            return Err(refuse(&"its text tower is not CLIP's"));
        }
        if config.model_cfg.logit_bias.is_some() {
            return Err(refuse(&"its loss has a bias, which CLIP's does not have"));
        }
        let tokenizer = config.model_cfg.text_cfg.hf_tokenizer_name.as_deref();
        match tokenizer.unwrap_or_default() {
            "" => Ok(config),
            name if name.starts_with("openai/clip-") => Ok(config),
            other => Err(refuse(&format!("its tokenizer is {other}, not CLIP's"))),
        }
    }

    pub fn vision_head_width(&self) -> usize {
        self.model_cfg.vision_cfg.head_width
    }

    pub fn text_heads(&self) -> usize {
        self.model_cfg.text_cfg.heads
    }

    pub fn activation(&self) -> Activation {
        match self.model_cfg.quick_gelu {
            true => Activation::QuickGelu,
            false => Activation::Gelu,
        }
    }

    pub fn preprocessing(&self) -> Result<Preprocessing, WeightsError> {
        match &self.preprocess_cfg {
            Some(found) => Ok(Preprocessing::from_open_clip(found)?),
            None => Ok(Preprocessing::openai()),
        }
    }
}
