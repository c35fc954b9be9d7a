//! The shape of one CLIP network.

use serde::{Deserialize, Serialize};

use super::efficientnet_lite::EfficientnetLiteConfig;
use super::error::{ConfigError, LARGEST, within};

/// A CLIP network: an image tower and a text tower that end in one embedding space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClipConfig {
    /// The image tower.
    pub vision: VisionConfig,
    /// The text tower.
    pub text: TextConfig,
    /// Width of the shared embedding space.
    pub projection: usize,
    /// Activation of every transformer MLP, in both towers.
    pub activation: Activation,
}

/// The image towers: the two of the paper (section 2.4), and a small one for phones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "architecture", rename_all = "snake_case")]
pub enum VisionConfig {
    /// Vision transformer.
    VisionTransformer(VisionTransformerConfig),
    /// ResNet with a three-convolution stem, anti-aliased downsampling and attention pooling.
    ModifiedResnet(ModifiedResnetConfig),
    /// Inverted residual blocks with depthwise convolutions.
    EfficientnetLite(EfficientnetLiteConfig),
}

/// A vision transformer: `(image_size / patch_size)²` patches and a class token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisionTransformerConfig {
    /// Side of the square input, in pixels.
    pub image_size: usize,
    /// Side of a square patch, in pixels.
    pub patch_size: usize,
    /// Channels of the residual stream.
    pub width: usize,
    /// Residual attention blocks.
    pub layers: usize,
    /// Attention heads; divides `width`.
    pub heads: usize,
    /// Hidden channels of each MLP (4 × width in the paper).
    pub mlp_width: usize,
}

/// A modified ResNet (paper section 2.4; reference: `ModifiedResNet` in openai/CLIP `model.py`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModifiedResnetConfig {
    /// Side of the square input, in pixels; a multiple of 32.
    pub image_size: usize,
    /// Channels after the stem; the last stage has 32 times as many.
    pub width: usize,
    /// Bottleneck blocks in each of the four stages.
    pub layers: [usize; 4],
    /// Heads of the attention pooling; divides `32 × width`.
    pub heads: usize,
}

/// The causal text transformer (paper section 2.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextConfig {
    /// Longest token sequence, start and end tokens included.
    pub context_length: usize,
    /// Rows of the token embedding; the last two are the start and end tokens.
    pub vocabulary_size: usize,
    /// Channels of the residual stream.
    pub width: usize,
    /// Residual attention blocks.
    pub layers: usize,
    /// Attention heads; divides `width`.
    pub heads: usize,
    /// Hidden channels of each MLP (4 × width in the paper).
    pub mlp_width: usize,
}

/// A pointwise non-linearity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// `x · σ(1.702 x)`, in OpenAI's checkpoints.
    QuickGelu,
    /// `x · Φ(x)` with the exact error function, in most open_clip checkpoints.
    Gelu,
}

/// Channels of a bottleneck's output for each channel of its middle (He et al. 2015).
pub const BOTTLENECK_EXPANSION: usize = 4;

impl VisionConfig {
    /// Side of the square input, in pixels.
    pub fn image_size(&self) -> usize {
        match self {
            Self::VisionTransformer(config) => config.image_size,
            Self::ModifiedResnet(config) => config.image_size,
            Self::EfficientnetLite(config) => config.image_size,
        }
    }

    /// Side of the square input for [`Clip::regions`](crate::Clip::regions), in pixels. An
    /// EfficientNet-lite takes twice its size: it knows no positions, and cells get smaller. The
    /// other towers have an embedding for each position.
    pub fn regions_size(&self) -> usize {
        match self {
            Self::EfficientnetLite(config) => config.regions_size(),
            other => other.image_size(),
        }
    }
}

impl VisionTransformerConfig {
    /// Positions in the sequence: the patches and the class token.
    pub fn positions(&self) -> usize {
        (self.image_size / self.patch_size).pow(2) + 1
    }
}

impl ModifiedResnetConfig {
    /// Channels of the last stage, and of the attention pooling.
    pub fn output_channels(&self) -> usize {
        self.width * 32
    }

    /// Positions in the attention pooling: the last stage's cells and their mean.
    pub fn positions(&self) -> usize {
        (self.image_size / 32).pow(2) + 1
    }
}

impl ClipConfig {
    /// Checks what the network relies on: nothing zero, heads that divide widths, patches that
    /// divide the image, and sizes small enough that no product of two overflows.
    ///
    /// # Errors
    /// [`ConfigError`] names the first invalid field.
    pub fn validate(&self) -> Result<(), ConfigError> {
        const LARGEST_VOCABULARY: usize = 1 << 20;
        let bounded = |field, value| within(field, value, LARGEST);
        let divides = |field: &'static str, divisor: usize, value: usize| {
            bounded(field, divisor)?;
            match value % divisor {
                0 => Ok(()),
                _ => Err(ConfigError {
                    field,
                    value: divisor,
                }),
            }
        };
        bounded("projection", self.projection)?;
        match &self.vision {
            VisionConfig::VisionTransformer(vision) => {
                bounded("vision.image_size", vision.image_size)?;
                divides("vision.patch_size", vision.patch_size, vision.image_size)?;
                bounded("vision.width", vision.width)?;
                bounded("vision.layers", vision.layers)?;
                divides("vision.heads", vision.heads, vision.width)?;
                bounded("vision.mlp_width", vision.mlp_width)?;
            }
            VisionConfig::ModifiedResnet(vision) => {
                bounded("vision.image_size", vision.image_size)?;
                divides("vision.image_size", 32, vision.image_size)?;
                bounded("vision.width", vision.width)?;
                divides("vision.width", 2, vision.width)?;
                for blocks in vision.layers {
                    bounded("vision.layers", blocks)?;
                }
                divides("vision.heads", vision.heads, vision.output_channels())?;
            }
            VisionConfig::EfficientnetLite(vision) => vision.validate()?,
        }
        if self.text.context_length < 2 {
            let value = self.text.context_length;
            return Err(ConfigError {
                field: "text.context_length",
                value,
            });
        }
        bounded("text.context_length", self.text.context_length)?;
        within(
            "text.vocabulary_size",
            self.text.vocabulary_size,
            LARGEST_VOCABULARY,
        )?;
        bounded("text.width", self.text.width)?;
        bounded("text.layers", self.text.layers)?;
        divides("text.heads", self.text.heads, self.text.width)?;
        bounded("text.mlp_width", self.text.mlp_width)
    }
}
