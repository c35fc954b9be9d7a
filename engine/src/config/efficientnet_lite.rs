//! The shape of an EfficientNet-lite.

use serde::{Deserialize, Serialize};

use super::error::{ConfigError, LARGEST, within};

/// An EfficientNet-lite (Tan and Le 2019, <https://arxiv.org/abs/1905.11946>; the lite variant is
/// Google's of 2020, `tensorflow/tpu`, `efficientnet/lite/efficientnet_lite_builder.py`): a stem,
/// stages of inverted residual blocks, a head, and the mean over all cells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EfficientnetLiteConfig {
    /// Side of the square input, in pixels. A stride of 2 halves a side, rounded up.
    pub image_size: usize,
    /// Channels after the stem.
    pub stem: usize,
    /// The stages, in order.
    pub stages: Vec<EfficientnetStage>,
    /// Channels of the head: the number of features of a picture.
    pub head: usize,
}

/// A stage of blocks. All but the first keep the side and the channels of their input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EfficientnetStage {
    /// Number of blocks.
    pub blocks: usize,
    /// Channels of each block's output.
    pub channels: usize,
    /// Side of the depthwise kernels; odd.
    pub kernel: usize,
    /// Stride of the first block: 1 or 2.
    pub stride: usize,
    /// Hidden channels of a block for each channel of its input.
    pub expansion: usize,
}

/// The sizes of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvertedResidual {
    /// Side of the input.
    pub side: usize,
    /// Channels of the input.
    pub input: usize,
    /// Channels of the hidden layer.
    pub hidden: usize,
    /// Channels of the output.
    pub output: usize,
    /// Side of the depthwise kernel.
    pub kernel: usize,
    /// Stride of the depthwise convolution.
    pub stride: usize,
}

/// Maximum number of stages, and of blocks in a stage: the largest lite network has 7 and 8.
const MOST: usize = 1 << 7;
const LARGEST_KERNEL: usize = 31;
/// Maximum values of a picture's largest activation: 1 GiB of f32, which a browser can address.
const LARGEST_ACTIVATION: usize = 1 << 28;

impl EfficientnetLiteConfig {
    /// EfficientNet-lite0. Its published weights were trained at 224 pixels.
    pub fn lite0(image_size: usize) -> Self {
        let stage = |(blocks, channels, kernel, stride, expansion)| EfficientnetStage {
            blocks,
            channels,
            kernel,
            stride,
            expansion,
        };
        let stages = [
            (1, 16, 3, 1, 1),
            (2, 24, 3, 2, 6),
            (2, 40, 5, 2, 6),
            (3, 80, 3, 2, 6),
            (3, 112, 5, 1, 6),
            (4, 192, 5, 2, 6),
            (1, 320, 3, 1, 6),
        ];
        Self {
            image_size,
            stem: 32,
            stages: stages.map(stage).to_vec(),
            head: 1280,
        }
    }

    /// All blocks, in order.
    pub fn blocks(&self) -> impl Iterator<Item = InvertedResidual> {
        let blocks = self.stages.iter().flat_map(|stage| {
            (0..stage.blocks).map(move |index| (stage, if index == 0 { stage.stride } else { 1 }))
        });
        let start = (self.image_size.div_ceil(2), self.stem);
        blocks.scan(start, |(side, channels), (stage, stride)| {
            let block = InvertedResidual {
                side: *side,
                input: *channels,
                hidden: *channels * stage.expansion,
                output: stage.channels,
                kernel: stage.kernel,
                stride,
            };
            (*side, *channels) = (side.div_ceil(stride), stage.channels);
            Some(block)
        })
    }

    /// Channels of the last block.
    pub fn output_channels(&self) -> usize {
        self.stages.last().map_or(self.stem, |stage| stage.channels)
    }

    /// Side of the last block's output.
    pub fn output_side(&self) -> usize {
        let stem = self.image_size.div_ceil(2);
        let last = self.blocks().last();
        last.map_or(stem, |block| block.side.div_ceil(block.stride))
    }

    /// Twice the side of the input, if its activations are not too large.
    pub fn regions_size(&self) -> usize {
        let doubled = Self {
            image_size: self.image_size * 2,
            ..self.clone()
        };
        match doubled.validate() {
            Ok(()) => doubled.image_size,
            Err(_) => self.image_size,
        }
    }

    /// Values of the largest activation of one picture.
    pub fn largest_activation(&self) -> usize {
        let square = |side: usize| side.saturating_mul(side);
        let stem = square(self.image_size.div_ceil(2)).saturating_mul(self.stem);
        let hidden = self.blocks().map(|block| {
            let after = block.side.div_ceil(block.stride);
            let hidden = square(block.side).saturating_mul(block.hidden);
            hidden.max(square(after).saturating_mul(block.output))
        });
        let last = self.blocks().last();
        let side = last.map_or(self.image_size.div_ceil(2), |block| {
            block.side.div_ceil(block.stride)
        });
        let head = square(side).saturating_mul(self.head);
        hidden.fold(stem.max(head), usize::max)
    }

    /// As [`crate::config::ClipConfig::validate`].
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        within("vision.image_size", self.image_size, LARGEST)?;
        within("vision.stem", self.stem, LARGEST)?;
        within("vision.head", self.head, LARGEST)?;
        within("vision.stages", self.stages.len(), MOST)?;
        let mut input = self.stem;
        for stage in &self.stages {
            within("vision.stages.blocks", stage.blocks, MOST)?;
            within("vision.stages.channels", stage.channels, LARGEST)?;
            within("vision.stages.kernel", stage.kernel, LARGEST_KERNEL)?;
            if stage.kernel.is_multiple_of(2) {
                return Err(ConfigError {
                    field: "vision.stages.kernel",
                    value: stage.kernel,
                });
            }
            within("vision.stages.stride", stage.stride, 2)?;
            // Hidden channels of the first block, and of the others.
            let widest = input.max(stage.channels);
            let expansion = "vision.stages.expansion";
            within(expansion, stage.expansion, LARGEST / widest)?;
            input = stage.channels;
        }
        match self.largest_activation() {
            0..=LARGEST_ACTIVATION => Ok(()),
            _ => Err(ConfigError {
                field: "vision.image_size",
                value: self.image_size,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_are_halved_and_rounded_up() {
        let config = EfficientnetLiteConfig::lite0(195);
        let sides: Vec<usize> = config.blocks().map(|block| block.side).collect();
        assert_eq!(
            sides,
            [98, 98, 49, 49, 25, 25, 13, 13, 13, 13, 13, 13, 7, 7, 7, 7]
        );
        assert_eq!(config.validate().ok(), Some(()));
        assert_eq!(config.regions_size(), 390);
        // The first expansion, 98 × 98 × 96.
        assert_eq!(config.largest_activation(), 98 * 98 * 96);
    }

    #[test]
    fn no_network_is_too_large_for_an_address() {
        let refused = |change: &dyn Fn(&mut EfficientnetLiteConfig)| {
            let mut config = EfficientnetLiteConfig::lite0(224);
            change(&mut config);
            match config.validate() {
                Err(ConfigError { field, .. }) => field.replace("vision.", ""),
                other => panic!("{config:?}: {other:?}"),
            }
        };
        let large = EfficientnetLiteConfig::lite0(3000);
        assert_eq!(large.regions_size(), 3000);
        assert_eq!(refused(&|config| config.image_size = 0), "image_size");
        assert_eq!(refused(&|config| config.image_size = 1 << 14), "image_size");
        assert_eq!(refused(&|config| config.stem = usize::MAX), "stem");
        assert_eq!(refused(&|config| config.head = 0), "head");
        assert_eq!(refused(&|config| config.stages.clear()), "stages");
        let stage = |change: fn(&mut EfficientnetStage)| {
            refused(&|config| change(&mut config.stages[3])).replace("stages.", "")
        };
        assert_eq!(stage(|stage| stage.blocks = 1 << 20), "blocks");
        assert_eq!(stage(|stage| stage.channels = 0), "channels");
        assert_eq!(stage(|stage| stage.kernel = 4), "kernel");
        assert_eq!(stage(|stage| stage.kernel = 33), "kernel");
        assert_eq!(stage(|stage| stage.stride = 3), "stride");
        assert_eq!(stage(|stage| stage.expansion = 0), "expansion");
        assert_eq!(stage(|stage| stage.expansion = 1 << 15), "expansion");
    }
}
