//! Checkpoints in the layout of `CLIPModel` (transformers `modeling_clip.py`).

use serde::Deserialize;
use serde_json::Value;

use super::shapes::{count, grid, shape};
use crate::config::{Activation, ClipConfig, TextConfig, VisionConfig, VisionTransformerConfig};
use crate::image::Preprocessing;
use crate::weights::checkpoint::conversion::Conversion;
use crate::weights::checkpoint::files::{CheckpointFiles, read_small};
use crate::weights::checkpoint::tensors::Tensors;
use crate::weights::error::WeightsError;

const TOKEN_EMBEDDING: &str = "text_model.embeddings.token_embedding.weight";
const TEXT_POSITIONS: &str = "text_model.embeddings.position_embedding.weight";
const TEXT_LAYERS: &str = "text_model.encoder.layers.";
const PATCH_EMBEDDING: &str = "vision_model.embeddings.patch_embedding.weight";
const VISION_POSITIONS: &str = "vision_model.embeddings.position_embedding.weight";
const VISION_LAYERS: &str = "vision_model.encoder.layers.";
const VISION_PROJECTION: &str = "visual_projection.weight";

/// Whether a checkpoint has this layout.
pub fn is_layout_of(tensors: &Tensors) -> bool {
    tensors.contains_key(TOKEN_EMBEDDING)
}

/// Whether a tensor may be left over: older releases saved position ids.
pub fn is_ignored(name: &str) -> bool {
    name.ends_with(".embeddings.position_ids")
}

/// Preprocessing for a network of `image_size` × `image_size` pixels. As in transformers 5
/// (`image_processing_base.py`), the `image_processor` in `processor_config.json` comes first, then
/// `preprocessor_config.json`, then the defaults of `CLIPImageProcessor`.
///
/// # Errors
/// [`WeightsError::Checkpoint`] for a file that is not JSON, [`WeightsError::Preprocessing`] for an
/// unsupported value.
pub async fn preprocessing(
    files: &impl CheckpointFiles,
    image_size: usize,
) -> Result<Preprocessing, WeightsError> {
    if let Some(json) = read_small(files, "processor_config.json").await? {
        let processor: Value = serde_json::from_slice(&json).map_err(|error| {
            WeightsError::Checkpoint(format!("its processor_config.json: {error}"))
        })?;
        let nested = processor.get("image_processor");
        if nested.is_some_and(|nested| !nested.is_null()) {
            return Ok(Preprocessing::from_hugging_face(&json, image_size)?);
        }
    }
    match read_small(files, "preprocessor_config.json").await? {
        Some(json) => Ok(Preprocessing::from_hugging_face(&json, image_size)?),
        None => Ok(Preprocessing::default()),
    }
}

/// The network's configuration, and the pooled token. Sizes come from the tensors, the rest from
/// `config.json`.
///
/// # Errors
/// [`WeightsError::Checkpoint`] if it is no CLIP that this engine runs.
pub fn config(tensors: &Tensors, json: &[u8]) -> Result<(ClipConfig, u32), WeightsError> {
    let found: Config = serde_json::from_slice(json)
        .map_err(|error| WeightsError::Checkpoint(format!("its configuration: {error}")))?;
    let text = found.text_config.over(found.text_config_dict, 8);
    let vision = found.vision_config.over(found.vision_config_dict, 12);
    let refuse = |reason: String| Err(WeightsError::Checkpoint(reason));
    if text.activation != vision.activation {
        return refuse(format!(
            "its towers use two activations, {} and {}",
            text.activation, vision.activation
        ));
    }
    let activation = match text.activation.as_str() {
        "quick_gelu" => Activation::QuickGelu,
        "gelu" => Activation::Gelu,
        other => return refuse(format!("its activation {other} is not one that CLIP uses")),
    };
    for epsilon in [text.epsilon, vision.epsilon] {
        if epsilon != 1e-5 {
            return refuse(format!(
                "its layer normalisation has epsilon {epsilon}, not 1e-5"
            ));
        }
    }
    let [vocabulary_size, text_width] = shape(tensors, TOKEN_EMBEDDING)?;
    let [context_length, _] = shape(tensors, TEXT_POSITIONS)?;
    let [vision_width, _, patch_size, _] = shape(tensors, PATCH_EMBEDDING)?;
    let [positions, _] = shape(tensors, VISION_POSITIONS)?;
    let [projection, _] = shape(tensors, VISION_PROJECTION)?;
    let mlp_width = |layers: &str| {
        let [width, _] = shape(tensors, &format!("{layers}0.mlp.fc1.weight"))?;
        Ok::<_, WeightsError>(width)
    };
    let config = ClipConfig {
        vision: VisionConfig::VisionTransformer(VisionTransformerConfig {
            image_size: grid(VISION_POSITIONS, positions)?.saturating_mul(patch_size),
            patch_size,
            width: vision_width,
            layers: count(tensors, VISION_LAYERS, ".layer_norm1.weight"),
            heads: vision.heads,
            mlp_width: mlp_width(VISION_LAYERS)?,
        }),
        text: TextConfig {
            context_length,
            vocabulary_size,
            width: text_width,
            layers: count(tensors, TEXT_LAYERS, ".layer_norm1.weight"),
            heads: text.heads,
            mlp_width: mlp_width(TEXT_LAYERS)?,
        },
        projection,
        activation,
    };
    Ok((config, text.eos_token_id))
}

/// `config.json`. transformers leaves out values that equal its defaults. `*_dict` are settings of
/// older releases; they take precedence, as in transformers.
#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    text_config: Tower,
    #[serde(default)]
    vision_config: Tower,
    text_config_dict: Option<Tower>,
    vision_config_dict: Option<Tower>,
}

#[derive(Default, Deserialize)]
struct Tower {
    num_attention_heads: Option<usize>,
    hidden_act: Option<String>,
    layer_norm_eps: Option<f64>,
    eos_token_id: Option<u32>,
}

struct Known {
    heads: usize,
    activation: String,
    epsilon: f64,
    eos_token_id: u32,
}

impl Tower {
    fn over(self, older: Option<Self>, heads: usize) -> Known {
        let older = older.unwrap_or_default();
        Known {
            heads: older
                .num_attention_heads
                .or(self.num_attention_heads)
                .unwrap_or(heads),
            activation: older
                .hidden_act
                .or(self.hidden_act)
                .unwrap_or_else(|| "quick_gelu".to_owned()),
            epsilon: older.layer_norm_eps.or(self.layer_norm_eps).unwrap_or(1e-5),
            eos_token_id: older.eos_token_id.or(self.eos_token_id).unwrap_or(49407),
        }
    }
}

/// Copies every tensor.
pub async fn convert<F: CheckpointFiles>(
    conversion: &mut Conversion<'_, F>,
    config: &ClipConfig,
) -> Result<(), WeightsError> {
    text_tower(conversion, config).await?;
    match &config.vision {
        VisionConfig::VisionTransformer(vision) => {
            image_tower(conversion, vision, config.projection).await
        }
        VisionConfig::ModifiedResnet(_) | VisionConfig::EfficientnetLite(_) => {
            Err(WeightsError::Missing(PATCH_EMBEDDING.to_owned()))
        }
    }
}

async fn text_tower<F: CheckpointFiles>(
    conversion: &mut Conversion<'_, F>,
    config: &ClipConfig,
) -> Result<(), WeightsError> {
    let text = &config.text;
    let width = text.width;
    conversion
        .matrix(
            "token_embedding.weight",
            TOKEN_EMBEDDING,
            text.vocabulary_size,
            width,
        )
        .await?;
    let positions = [text.context_length, width];
    conversion
        .vector("positional_embedding", TEXT_POSITIONS, &positions)
        .await?;
    for index in 0..text.layers {
        let to = format!("transformer.resblocks.{index}");
        let from = format!("{TEXT_LAYERS}{index}");
        block(conversion, &to, &from, width, text.mlp_width).await?;
    }
    conversion
        .layer_norm("ln_final", "text_model.final_layer_norm", width)
        .await?;
    let projection = "text_projection.weight";
    conversion
        .matrix(projection, projection, config.projection, width)
        .await?;
    conversion.logit_scale().await
}

async fn image_tower<F: CheckpointFiles>(
    conversion: &mut Conversion<'_, F>,
    vision: &VisionTransformerConfig,
    projection: usize,
) -> Result<(), WeightsError> {
    let width = vision.width;
    conversion
        .patch_embedding(
            "visual.conv1.weight",
            PATCH_EMBEDDING,
            width,
            vision.patch_size,
        )
        .await?;
    let class = "vision_model.embeddings.class_embedding";
    conversion
        .vector("visual.class_embedding", class, &[width])
        .await?;
    let positions = [vision.positions(), width];
    conversion
        .vector("visual.positional_embedding", VISION_POSITIONS, &positions)
        .await?;
    // Spelled as in the reference.
    conversion
        .layer_norm("visual.ln_pre", "vision_model.pre_layrnorm", width)
        .await?;
    for index in 0..vision.layers {
        let to = format!("visual.transformer.resblocks.{index}");
        let from = format!("{VISION_LAYERS}{index}");
        block(conversion, &to, &from, width, vision.mlp_width).await?;
    }
    conversion
        .layer_norm("visual.ln_post", "vision_model.post_layernorm", width)
        .await?;
    conversion
        .matrix("visual.proj.weight", VISION_PROJECTION, projection, width)
        .await
}

async fn block<F: CheckpointFiles>(
    conversion: &mut Conversion<'_, F>,
    to: &str,
    from: &str,
    width: usize,
    mlp_width: usize,
) -> Result<(), WeightsError> {
    let attention = ["q_proj", "k_proj", "v_proj"].map(|name| format!("{from}.self_attn.{name}"));
    let to = |part: &str| format!("{to}.{part}");
    let from = |part: &str| format!("{from}.{part}");
    conversion
        .layer_norm(&to("ln_1"), &from("layer_norm1"), width)
        .await?;
    conversion
        .query_key_value(&to("attn.in_proj"), attention, width)
        .await?;
    let output = from("self_attn.out_proj");
    conversion
        .linear(&to("attn.out_proj"), &output, width, width)
        .await?;
    conversion
        .layer_norm(&to("ln_2"), &from("layer_norm2"), width)
        .await?;
    conversion
        .linear(&to("mlp.c_fc"), &from("mlp.fc1"), mlp_width, width)
        .await?;
    conversion
        .linear(&to("mlp.c_proj"), &from("mlp.fc2"), width, mlp_width)
        .await
}
