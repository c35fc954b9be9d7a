//! Checkpoints in the layout of openai/CLIP `model.py`, which open_clip keeps, with open_clip's
//! configuration.

use serde::Deserialize;

use super::checkpoint::Conversion;
use super::{BatchNorm, Checkpoint, Preprocessing, WeightType, WeightsError, fold_batch_norm};
use crate::model::config::{
    Activation, BOTTLENECK_EXPANSION, ClipConfig, ModifiedResnetConfig, TextConfig, VisionConfig,
    VisionTransformerConfig,
};

/// Reads an open_clip checkpoint (f32, f16 or bf16) and writes it as a pack with its matrices in
/// `weight_type`. Batch normalisation is folded into the convolutions.
///
/// # Errors
/// [`WeightsError::Checkpoint`] where the configuration is not that of a CLIP this engine runs,
/// and those of single tensors where they are missing, mis-shaped or not finite.
pub fn read_open_clip(
    checkpoint: &Checkpoint<'_>,
    weight_type: WeightType,
) -> Result<Vec<u8>, WeightsError> {
    let found: Config = checkpoint.config()?;
    let preprocessing = match found.preprocess_cfg {
        Some(found) => Preprocessing {
            mean: found.mean,
            deviation: found.std,
            ..Preprocessing::default()
        },
        None => checkpoint.preprocessing()?,
    };
    let config = found.model_cfg.translate();
    let mut conversion = checkpoint.convert(config.clone(), preprocessing, weight_type)?;
    text_tower(&mut conversion, &config)?;
    match &config.vision {
        VisionConfig::VisionTransformer(vision) => {
            vision_transformer(&mut conversion, vision, config.projection)?;
        }
        VisionConfig::ModifiedResnet(vision) => {
            modified_resnet(&mut conversion, vision, config.projection)?;
        }
    }
    conversion.writer.finish()
}

/// `open_clip_config.json`.
#[derive(Deserialize)]
struct Config {
    model_cfg: Model,
    preprocess_cfg: Option<Preprocess>,
}

#[derive(Deserialize)]
struct Preprocess {
    mean: [f32; 3],
    std: [f32; 3],
}

/// A field that is not listed changes the network in a way that this engine does not know, so it
/// is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    embed_dim: usize,
    #[serde(default)]
    quick_gelu: bool,
    vision_cfg: Vision,
    text_cfg: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vision {
    image_size: usize,
    layers: Layers,
    width: usize,
    #[serde(default = "head_width")]
    head_width: usize,
    #[serde(default = "mlp_ratio")]
    mlp_ratio: f64,
    patch_size: Option<usize>,
}

/// One number for a transformer, four for a ResNet.
#[derive(Deserialize)]
#[serde(untagged)]
enum Layers {
    Transformer(usize),
    Resnet([usize; 4]),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    context_length: usize,
    vocab_size: usize,
    width: usize,
    heads: usize,
    layers: usize,
    #[serde(default = "mlp_ratio")]
    mlp_ratio: f64,
}

fn head_width() -> usize {
    64
}

fn mlp_ratio() -> f64 {
    4.0
}

impl Model {
    fn translate(&self) -> ClipConfig {
        let (vision, text) = (&self.vision_cfg, &self.text_cfg);
        let mlp_width = |width: usize, ratio: f64| (width as f64 * ratio) as usize;
        let head_width = vision.head_width.max(1);
        let tower = match vision.layers {
            Layers::Transformer(layers) => {
                VisionConfig::VisionTransformer(VisionTransformerConfig {
                    image_size: vision.image_size,
                    patch_size: vision.patch_size.unwrap_or(16),
                    width: vision.width,
                    layers,
                    heads: vision.width / head_width,
                    mlp_width: mlp_width(vision.width, vision.mlp_ratio),
                })
            }
            Layers::Resnet(layers) => VisionConfig::ModifiedResnet(ModifiedResnetConfig {
                image_size: vision.image_size,
                width: vision.width,
                layers,
                heads: vision.width.saturating_mul(32) / head_width,
            }),
        };
        ClipConfig {
            vision: tower,
            text: TextConfig {
                context_length: text.context_length,
                vocabulary_size: text.vocab_size,
                width: text.width,
                layers: text.layers,
                heads: text.heads,
                mlp_width: mlp_width(text.width, text.mlp_ratio),
            },
            projection: self.embed_dim,
            activation: match self.quick_gelu {
                true => Activation::QuickGelu,
                false => Activation::Gelu,
            },
        }
    }
}

fn text_tower(conversion: &mut Conversion<'_>, config: &ClipConfig) -> Result<(), WeightsError> {
    let text = &config.text;
    let width = text.width;
    let table = "token_embedding.weight";
    conversion.matrix(table, table, text.vocabulary_size, width)?;
    let positions = "positional_embedding";
    conversion.vector(positions, positions, &[text.context_length, width])?;
    for index in 0..text.layers {
        block(
            conversion,
            &format!("transformer.resblocks.{index}"),
            width,
            text.mlp_width,
        )?;
    }
    conversion.layer_norm("ln_final", "ln_final", width)?;
    conversion.transposed(
        "text_projection.weight",
        "text_projection",
        config.projection,
        width,
    )?;
    let scale = conversion.tensor("logit_scale", &[])?;
    conversion.writer.vector("logit_scale", &[1], &scale)
}

fn vision_transformer(
    conversion: &mut Conversion<'_>,
    vision: &VisionTransformerConfig,
    projection: usize,
) -> Result<(), WeightsError> {
    let (width, patch) = (vision.width, vision.patch_size);
    let kernel = conversion.kernel("visual.conv1.weight", width, 3, patch)?;
    conversion
        .writer
        .matrix("visual.conv1.weight", patch * patch * 3, &kernel)?;
    let class = "visual.class_embedding";
    conversion.vector(class, class, &[width])?;
    let positions = "visual.positional_embedding";
    conversion.vector(positions, positions, &[vision.positions(), width])?;
    conversion.layer_norm("visual.ln_pre", "visual.ln_pre", width)?;
    for index in 0..vision.layers {
        let name = format!("visual.transformer.resblocks.{index}");
        block(conversion, &name, width, vision.mlp_width)?;
    }
    conversion.layer_norm("visual.ln_post", "visual.ln_post", width)?;
    conversion.transposed("visual.proj.weight", "visual.proj", projection, width)
}

fn block(
    conversion: &mut Conversion<'_>,
    name: &str,
    width: usize,
    mlp_width: usize,
) -> Result<(), WeightsError> {
    let layer = |part: &str| format!("{name}.{part}");
    let attention = layer("attn.in_proj");
    let (weight, bias) = (format!("{attention}.weight"), format!("{attention}.bias"));
    conversion.layer_norm(&layer("ln_1"), &layer("ln_1"), width)?;
    conversion.matrix(&weight, &format!("{attention}_weight"), 3 * width, width)?;
    conversion.vector(&bias, &format!("{attention}_bias"), &[3 * width])?;
    let output = layer("attn.out_proj");
    conversion.linear(&output, &output, width, width)?;
    conversion.layer_norm(&layer("ln_2"), &layer("ln_2"), width)?;
    conversion.linear(&layer("mlp.c_fc"), &layer("mlp.c_fc"), mlp_width, width)?;
    conversion.linear(&layer("mlp.c_proj"), &layer("mlp.c_proj"), width, mlp_width)
}

fn modified_resnet(
    conversion: &mut Conversion<'_>,
    vision: &ModifiedResnetConfig,
    projection: usize,
) -> Result<(), WeightsError> {
    let width = vision.width;
    let stem = [(3, width / 2), (width / 2, width / 2), (width / 2, width)];
    for (index, (input, output)) in stem.into_iter().enumerate() {
        let (conv, norm) = (format!("conv{}", index + 1), format!("bn{}", index + 1));
        convolution(
            conversion,
            "visual",
            [&conv, &conv, &norm],
            input,
            output,
            3,
        )?;
    }
    let mut channels = width;
    for (stage, count) in vision.layers.into_iter().enumerate() {
        let planes = width << stage;
        let output = planes * BOTTLENECK_EXPANSION;
        for index in 0..count {
            let name = format!("visual.layer{}.{index}", stage + 1);
            let name = name.as_str();
            convolution(
                conversion,
                name,
                ["conv1", "conv1", "bn1"],
                channels,
                planes,
                1,
            )?;
            convolution(
                conversion,
                name,
                ["conv2", "conv2", "bn2"],
                planes,
                planes,
                3,
            )?;
            convolution(
                conversion,
                name,
                ["conv3", "conv3", "bn3"],
                planes,
                output,
                1,
            )?;
            if index == 0 {
                // The pool before them is number −1.
                let names = ["downsample", "downsample.0", "downsample.1"];
                convolution(conversion, name, names, channels, output, 1)?;
            }
            channels = output;
        }
    }
    let pool = "visual.attnpool";
    let positions = format!("{pool}.positional_embedding");
    conversion.vector(&positions, &positions, &[vision.positions(), channels])?;
    let names = ["q_proj", "k_proj", "v_proj"].map(|name| format!("{pool}.{name}"));
    conversion.stacked(&format!("{pool}.in_proj"), names, channels)?;
    let output = format!("{pool}.c_proj");
    conversion.linear(&output, &output, projection, channels)
}

/// Copies the convolution `from` with its normalisation as `to`, all under `prefix`.
fn convolution(
    conversion: &mut Conversion<'_>,
    prefix: &str,
    [to, from, norm]: [&str; 3],
    input: usize,
    output: usize,
    side: usize,
) -> Result<(), WeightsError> {
    let weight = conversion.kernel(&format!("{prefix}.{from}.weight"), output, input, side)?;
    let part = |name: &str| conversion.tensor(&format!("{prefix}.{norm}.{name}"), &[output]);
    let norm = BatchNorm {
        gain: &part("weight")?,
        bias: &part("bias")?,
        mean: &part("running_mean")?,
        variance: &part("running_var")?,
        epsilon: 1e-5,
    };
    let (weight, bias) = fold_batch_norm(&weight, norm);
    let columns = input * side * side;
    conversion
        .writer
        .matrix(&format!("{prefix}.{to}.weight"), columns, &weight)?;
    conversion
        .writer
        .vector(&format!("{prefix}.{to}.bias"), &[output], &bias)
}
