//! Checkpoints in the layout of `CLIPModel` (transformers `modeling_clip.py`).

use serde::Deserialize;

use super::checkpoint::Conversion;
use super::{Checkpoint, WeightType, WeightsError};
use crate::model::config::{
    Activation, ClipConfig, TextConfig, VisionConfig, VisionTransformerConfig,
};

/// Reads a Hugging Face `CLIPModel` checkpoint (f32, f16 or bf16) and writes it as a pack with its
/// matrices in `weight_type`.
///
/// # Errors
/// [`WeightsError::Checkpoint`] where the configuration is not that of a CLIP this engine runs,
/// and those of single tensors where they are missing, mis-shaped or not finite.
pub fn read_hugging_face(
    checkpoint: &Checkpoint<'_>,
    weight_type: WeightType,
) -> Result<Vec<u8>, WeightsError> {
    let found: Config = checkpoint.config()?;
    let (config, vision) = found.translate()?;
    let preprocessing = checkpoint.preprocessing()?;
    let mut conversion = checkpoint.convert(config.clone(), preprocessing, weight_type)?;
    text_tower(&mut conversion, &config)?;
    image_tower(&mut conversion, &vision, config.projection)?;
    conversion.writer.finish()
}

/// `config.json`. A file that transformers wrote leaves out what equals its defaults.
#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    text_config: Text,
    #[serde(default)]
    vision_config: Vision,
    #[serde(default = "projection_dim")]
    projection_dim: usize,
}

fn projection_dim() -> usize {
    512
}

#[derive(Deserialize)]
#[serde(default)]
struct Text {
    vocab_size: usize,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    max_position_embeddings: usize,
    hidden_act: String,
    layer_norm_eps: f64,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            vocab_size: 49408,
            hidden_size: 512,
            intermediate_size: 2048,
            num_hidden_layers: 12,
            num_attention_heads: 8,
            max_position_embeddings: 77,
            hidden_act: "quick_gelu".to_owned(),
            layer_norm_eps: 1e-5,
        }
    }
}

#[derive(Deserialize)]
#[serde(default)]
struct Vision {
    image_size: usize,
    patch_size: usize,
    num_channels: usize,
    hidden_size: usize,
    intermediate_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    hidden_act: String,
    layer_norm_eps: f64,
}

impl Default for Vision {
    fn default() -> Self {
        Self {
            image_size: 224,
            patch_size: 32,
            num_channels: 3,
            hidden_size: 768,
            intermediate_size: 3072,
            num_hidden_layers: 12,
            num_attention_heads: 12,
            hidden_act: "quick_gelu".to_owned(),
            layer_norm_eps: 1e-5,
        }
    }
}

impl Config {
    fn translate(&self) -> Result<(ClipConfig, VisionTransformerConfig), WeightsError> {
        let (text, vision) = (&self.text_config, &self.vision_config);
        let refuse = |reason: String| Err(WeightsError::Checkpoint(reason));
        if text.hidden_act != vision.hidden_act {
            return refuse(format!(
                "its towers use two activations, {} and {}",
                text.hidden_act, vision.hidden_act
            ));
        }
        let activation = match text.hidden_act.as_str() {
            "quick_gelu" => Activation::QuickGelu,
            "gelu" => Activation::Gelu,
            other => return refuse(format!("its activation {other} is none that CLIP uses")),
        };
        if vision.num_channels != 3 {
            return refuse(format!(
                "its pictures have {} channels, not 3",
                vision.num_channels
            ));
        }
        for epsilon in [text.layer_norm_eps, vision.layer_norm_eps] {
            if epsilon != 1e-5 {
                return refuse(format!(
                    "its layer normalisation has epsilon {epsilon}, not 1e-5"
                ));
            }
        }
        let vision = VisionTransformerConfig {
            image_size: vision.image_size,
            patch_size: vision.patch_size,
            width: vision.hidden_size,
            layers: vision.num_hidden_layers,
            heads: vision.num_attention_heads,
            mlp_width: vision.intermediate_size,
        };
        let config = ClipConfig {
            vision: VisionConfig::VisionTransformer(vision.clone()),
            text: TextConfig {
                context_length: text.max_position_embeddings,
                vocabulary_size: text.vocab_size,
                width: text.hidden_size,
                layers: text.num_hidden_layers,
                heads: text.num_attention_heads,
                mlp_width: text.intermediate_size,
            },
            projection: self.projection_dim,
            activation,
        };
        Ok((config, vision))
    }
}

fn text_tower(conversion: &mut Conversion<'_>, config: &ClipConfig) -> Result<(), WeightsError> {
    let text = &config.text;
    let width = text.width;
    let embeddings = "text_model.embeddings";
    conversion.matrix(
        "token_embedding.weight",
        &format!("{embeddings}.token_embedding.weight"),
        text.vocabulary_size,
        width,
    )?;
    conversion.vector(
        "positional_embedding",
        &format!("{embeddings}.position_embedding.weight"),
        &[text.context_length, width],
    )?;
    for index in 0..text.layers {
        let to = format!("transformer.resblocks.{index}");
        let from = format!("text_model.encoder.layers.{index}");
        block(conversion, &to, &from, width, text.mlp_width)?;
    }
    conversion.layer_norm("ln_final", "text_model.final_layer_norm", width)?;
    let projection = "text_projection.weight";
    conversion.matrix(projection, projection, config.projection, width)?;
    let scale = conversion.tensor("logit_scale", &[])?;
    conversion.writer.vector("logit_scale", &[1], &scale)
}

fn image_tower(
    conversion: &mut Conversion<'_>,
    vision: &VisionTransformerConfig,
    projection: usize,
) -> Result<(), WeightsError> {
    let (width, patch) = (vision.width, vision.patch_size);
    let embeddings = "vision_model.embeddings";
    let kernel = conversion.kernel(
        &format!("{embeddings}.patch_embedding.weight"),
        width,
        3,
        patch,
    )?;
    conversion
        .writer
        .matrix("visual.conv1.weight", patch * patch * 3, &kernel)?;
    conversion.vector(
        "visual.class_embedding",
        &format!("{embeddings}.class_embedding"),
        &[width],
    )?;
    conversion.vector(
        "visual.positional_embedding",
        &format!("{embeddings}.position_embedding.weight"),
        &[vision.positions(), width],
    )?;
    // The missing letter is the reference's.
    conversion.layer_norm("visual.ln_pre", "vision_model.pre_layrnorm", width)?;
    for index in 0..vision.layers {
        let to = format!("visual.transformer.resblocks.{index}");
        let from = format!("vision_model.encoder.layers.{index}");
        block(conversion, &to, &from, width, vision.mlp_width)?;
    }
    conversion.layer_norm("visual.ln_post", "vision_model.post_layernorm", width)?;
    conversion.matrix(
        "visual.proj.weight",
        "visual_projection.weight",
        projection,
        width,
    )
}

fn block(
    conversion: &mut Conversion<'_>,
    to: &str,
    from: &str,
    width: usize,
    mlp_width: usize,
) -> Result<(), WeightsError> {
    let attention = ["q_proj", "k_proj", "v_proj"].map(|name| format!("{from}.self_attn.{name}"));
    let to = |part: &str| format!("{to}.{part}");
    let from = |part: &str| format!("{from}.{part}");
    conversion.layer_norm(&to("ln_1"), &from("layer_norm1"), width)?;
    conversion.stacked(&to("attn.in_proj"), attention, width)?;
    conversion.linear(
        &to("attn.out_proj"),
        &from("self_attn.out_proj"),
        width,
        width,
    )?;
    conversion.layer_norm(&to("ln_2"), &from("layer_norm2"), width)?;
    conversion.linear(&to("mlp.c_fc"), &from("mlp.fc1"), mlp_width, width)?;
    conversion.linear(&to("mlp.c_proj"), &from("mlp.fc2"), width, mlp_width)
}
