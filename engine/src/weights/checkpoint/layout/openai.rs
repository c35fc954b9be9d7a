//! Checkpoints in the layout of openai/CLIP `model.py`, which open_clip uses too.

use super::open_clip::OpenClipConfig;
use super::shapes::{count, grid, shape};
use crate::config::{
    Activation, BOTTLENECK_EXPANSION, ClipConfig, ModifiedResnetConfig, TextConfig, VisionConfig,
    VisionTransformerConfig,
};
use crate::weights::checkpoint::conversion::Conversion;
use crate::weights::checkpoint::files::CheckpointFiles;
use crate::weights::checkpoint::tensors::Tensors;
use crate::weights::error::WeightsError;

const TOKEN_EMBEDDING: &str = "token_embedding.weight";
const TEXT_POSITIONS: &str = "positional_embedding";
const CONV1: &str = "visual.conv1.weight";
const VISION_POSITIONS: &str = "visual.positional_embedding";
const POOL_POSITIONS: &str = "visual.attnpool.positional_embedding";
/// Channels of an attention head, unless a configuration says otherwise (`build_model`).
const HEAD_WIDTH: usize = 64;
/// Numbers that OpenAI's archives hold beside the weights. open_clip's have none of them.
const SETTINGS: [&str; 3] = ["input_resolution", "context_length", "vocab_size"];

/// Whether a checkpoint has this layout.
pub fn is_layout_of(tensors: &Tensors) -> bool {
    tensors.contains_key(TOKEN_EMBEDDING) && tensors.contains_key(CONV1)
}

/// Whether it is one of OpenAI's own archives.
pub fn is_openai(tensors: &Tensors) -> bool {
    SETTINGS.iter().all(|name| tensors.contains_key(*name))
}

/// Whether a tensor may be left over: settings, the causal mask, and counters of batch
/// normalisation.
pub fn is_ignored(name: &str) -> bool {
    SETTINGS.contains(&name) || name == "attn_mask" || name.ends_with(".num_batches_tracked")
}

/// The network's configuration. Sizes come from the tensors, the rest from open_clip's
/// configuration, or from OpenAI's `build_model` without one.
///
/// # Errors
/// [`WeightsError`] if sizes are missing or do not fit.
pub fn config(
    tensors: &Tensors,
    open_clip: Option<&OpenClipConfig>,
) -> Result<ClipConfig, WeightsError> {
    let [vocabulary_size, width] = shape(tensors, TOKEN_EMBEDDING)?;
    let [context_length, _] = shape(tensors, TEXT_POSITIONS)?;
    let [_, projection] = shape(tensors, "text_projection")?;
    let head_width = open_clip.map_or(HEAD_WIDTH, OpenClipConfig::vision_head_width);
    let text = "transformer.resblocks.";
    Ok(ClipConfig {
        vision: match tensors.contains_key(POOL_POSITIONS) {
            true => modified_resnet_config(tensors, head_width)?,
            false => vision_transformer_config(tensors, head_width)?,
        },
        text: TextConfig {
            context_length,
            vocabulary_size,
            width,
            layers: count(tensors, text, ".ln_1.weight"),
            heads: open_clip.map_or(width / HEAD_WIDTH, OpenClipConfig::text_heads),
            mlp_width: mlp_width(tensors, text)?,
        },
        projection,
        activation: open_clip.map_or(Activation::QuickGelu, OpenClipConfig::activation),
    })
}

fn mlp_width(tensors: &Tensors, blocks: &str) -> Result<usize, WeightsError> {
    let [width, _] = shape(tensors, &format!("{blocks}0.mlp.c_fc.weight"))?;
    Ok(width)
}

fn vision_transformer_config(
    tensors: &Tensors,
    head_width: usize,
) -> Result<VisionConfig, WeightsError> {
    let [width, _, patch_size, _] = shape(tensors, CONV1)?;
    let [positions, _] = shape(tensors, VISION_POSITIONS)?;
    let blocks = "visual.transformer.resblocks.";
    Ok(VisionConfig::VisionTransformer(VisionTransformerConfig {
        image_size: grid(VISION_POSITIONS, positions)?.saturating_mul(patch_size),
        patch_size,
        width,
        layers: count(tensors, blocks, ".ln_1.weight"),
        heads: width / head_width.max(1),
        mlp_width: mlp_width(tensors, blocks)?,
    }))
}

fn modified_resnet_config(
    tensors: &Tensors,
    head_width: usize,
) -> Result<VisionConfig, WeightsError> {
    let [width, ..] = shape::<4>(tensors, "visual.layer1.0.conv1.weight")?;
    let [positions, channels] = shape(tensors, POOL_POSITIONS)?;
    let layers =
        [1, 2, 3, 4].map(|stage| count(tensors, &format!("visual.layer{stage}."), ".conv1.weight"));
    Ok(VisionConfig::ModifiedResnet(ModifiedResnetConfig {
        image_size: grid(POOL_POSITIONS, positions)?.saturating_mul(32),
        width,
        layers,
        heads: channels / head_width.max(1),
    }))
}

/// Copies every tensor.
pub async fn convert<F: CheckpointFiles>(
    conversion: &mut Conversion<'_, F>,
    config: &ClipConfig,
) -> Result<(), WeightsError> {
    text_tower(conversion, config).await?;
    match &config.vision {
        VisionConfig::VisionTransformer(vision) => {
            vision_transformer(conversion, vision, config.projection).await
        }
        VisionConfig::ModifiedResnet(vision) => {
            modified_resnet(conversion, vision, config.projection).await
        }
        VisionConfig::EfficientnetLite(_) => Err(WeightsError::Missing(CONV1.to_owned())),
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
            TOKEN_EMBEDDING,
            TOKEN_EMBEDDING,
            text.vocabulary_size,
            width,
        )
        .await?;
    let positions = [text.context_length, width];
    conversion
        .vector(TEXT_POSITIONS, TEXT_POSITIONS, &positions)
        .await?;
    for index in 0..text.layers {
        let name = format!("transformer.resblocks.{index}");
        block(conversion, &name, width, text.mlp_width).await?;
    }
    conversion.layer_norm("ln_final", "ln_final", width).await?;
    conversion
        .transposed(
            "text_projection.weight",
            "text_projection",
            config.projection,
            width,
        )
        .await?;
    conversion.logit_scale().await
}

async fn vision_transformer<F: CheckpointFiles>(
    conversion: &mut Conversion<'_, F>,
    vision: &VisionTransformerConfig,
    projection: usize,
) -> Result<(), WeightsError> {
    let width = vision.width;
    conversion
        .patch_embedding(CONV1, CONV1, width, vision.patch_size)
        .await?;
    let class = "visual.class_embedding";
    conversion.vector(class, class, &[width]).await?;
    let positions = [vision.positions(), width];
    conversion
        .vector(VISION_POSITIONS, VISION_POSITIONS, &positions)
        .await?;
    conversion
        .layer_norm("visual.ln_pre", "visual.ln_pre", width)
        .await?;
    for index in 0..vision.layers {
        let name = format!("visual.transformer.resblocks.{index}");
        block(conversion, &name, width, vision.mlp_width).await?;
    }
    conversion
        .layer_norm("visual.ln_post", "visual.ln_post", width)
        .await?;
    conversion
        .transposed("visual.proj.weight", "visual.proj", projection, width)
        .await
}

async fn block<F: CheckpointFiles>(
    conversion: &mut Conversion<'_, F>,
    name: &str,
    width: usize,
    mlp_width: usize,
) -> Result<(), WeightsError> {
    let layer = |part: &str| format!("{name}.{part}");
    let attention = layer("attn.in_proj");
    let (weight, bias) = (format!("{attention}.weight"), format!("{attention}.bias"));
    conversion
        .layer_norm(&layer("ln_1"), &layer("ln_1"), width)
        .await?;
    let stacked = format!("{attention}_weight");
    conversion
        .matrix(&weight, &stacked, 3 * width, width)
        .await?;
    conversion
        .vector(&bias, &format!("{attention}_bias"), &[3 * width])
        .await?;
    let output = layer("attn.out_proj");
    conversion.linear(&output, &output, width, width).await?;
    conversion
        .layer_norm(&layer("ln_2"), &layer("ln_2"), width)
        .await?;
    conversion
        .linear(&layer("mlp.c_fc"), &layer("mlp.c_fc"), mlp_width, width)
        .await?;
    conversion
        .linear(&layer("mlp.c_proj"), &layer("mlp.c_proj"), width, mlp_width)
        .await
}

async fn modified_resnet<F: CheckpointFiles>(
    conversion: &mut Conversion<'_, F>,
    vision: &ModifiedResnetConfig,
    projection: usize,
) -> Result<(), WeightsError> {
    let width = vision.width;
    let stem = [(3, width / 2), (width / 2, width / 2), (width / 2, width)];
    for (index, (input, output)) in (1..).zip(stem) {
        let (conv, norm) = (format!("conv{index}"), format!("bn{index}"));
        let names = [conv.as_str(), conv.as_str(), norm.as_str()];
        conversion
            .convolution("visual", names, input, output, 3)
            .await?;
    }
    let mut channels = width;
    for (stage, count) in vision.layers.into_iter().enumerate() {
        let planes = width << stage;
        let output = planes * BOTTLENECK_EXPANSION;
        for index in 0..count {
            let name = format!("visual.layer{}.{index}", stage + 1);
            let sizes = [
                (channels, planes, 1),
                (planes, planes, 3),
                (planes, output, 1),
            ];
            for (number, (input, output, side)) in (1..).zip(sizes) {
                let (conv, norm) = (format!("conv{number}"), format!("bn{number}"));
                let names = [conv.as_str(), conv.as_str(), norm.as_str()];
                conversion
                    .convolution(&name, names, input, output, side)
                    .await?;
            }
            if index == 0 {
                // `downsample.-1` is the pool before them.
                let names = ["downsample", "downsample.0", "downsample.1"];
                conversion
                    .convolution(&name, names, channels, output, 1)
                    .await?;
            }
            channels = output;
        }
    }
    let pool = "visual.attnpool";
    let positions = [vision.positions(), channels];
    conversion
        .vector(POOL_POSITIONS, POOL_POSITIONS, &positions)
        .await?;
    let names = ["q_proj", "k_proj", "v_proj"].map(|name| format!("{pool}.{name}"));
    conversion
        .query_key_value(&format!("{pool}.in_proj"), names, channels)
        .await?;
    let output = format!("{pool}.c_proj");
    conversion
        .linear(&output, &output, projection, channels)
        .await
}
