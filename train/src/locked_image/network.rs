//! The shipped network: its shape, and how trained parts are put into it.

use std::fs;
use std::path::Path;

use burn::module::Param;
use glance_engine::burn_model::BurnModel;
use glance_engine::weights::{EfficientnetLiteCheckpoint, PackedLayer, Preprocessing, WeightType};
use glance_engine::{
    Activation, ClipConfig, EfficientnetLiteConfig, Pack, TextConfig, VisionConfig,
};

use super::concepts::Concepts;
use super::concepts::lesson::Classifier;
use crate::error::DataError;

/// Pixels a side of the tower's input, as in its own training.
pub const IMAGE_SIZE: usize = 224;
/// Width of an embedding.
pub const PROJECTION: usize = 256;
/// Byte-pair merges in the vocabulary, the most frequent ones. Most nouns are one or two tokens.
pub const MERGES: usize = 12_286;
/// The pack's display name.
pub const NAME: &str = "Glance demo";
/// The strictest licence of what it learnt from (`DATA.md`).
pub const LICENSE: &str = "CC-BY-4.0";

/// The shipped network: EfficientNet-lite0 and a text transformer of two layers.
pub fn config() -> ClipConfig {
    ClipConfig {
        vision: VisionConfig::EfficientnetLite(EfficientnetLiteConfig::lite0(IMAGE_SIZE)),
        text: TextConfig {
            context_length: 32,
            vocabulary_size: MERGES + 514,
            width: 256,
            layers: 2,
            heads: 4,
            mlp_width: 1024,
        },
        projection: PROJECTION,
        activation: Activation::QuickGelu,
    }
}

/// The tower's own scaling. Transparent pixels become white, as for drawings in training.
pub fn preprocessing() -> Preprocessing {
    Preprocessing {
        conversion: glance_engine::image::Conversion::OnWhite,
        ..Preprocessing::efficientnet_lite()
    }
}

/// Reads the pack to continue from. Its text tower and projection must match `config`.
///
/// # Errors
/// [`DataError::OtherNetwork`] if they do not match, and those of the disk and of the pack.
pub fn earlier(path: &Path, config: &ClipConfig) -> Result<Pack, Box<dyn std::error::Error>> {
    let bytes = fs::read(path).map_err(DataError::file(path))?;
    let pack = Pack::parse(bytes)?;
    let found = &pack.header().config;
    match found.text == config.text && found.projection == config.projection {
        true => Ok(pack),
        false => Err(DataError::OtherNetwork(path.to_owned()).into()),
    }
}

/// The tower's own classifier.
pub fn classifier(checkpoint: &EfficientnetLiteCheckpoint) -> Classifier {
    let PackedLayer { weight, bias, .. } = checkpoint.classifier.clone();
    Classifier { weight, bias }
}

/// Puts a trained image tower and its projection into the network.
///
/// # Errors
/// If a weight is not finite.
pub fn with_image_tower(
    mut model: BurnModel,
    checkpoint: &EfficientnetLiteCheckpoint,
    concepts: &Concepts,
    device: &burn::tensor::Device,
) -> Result<BurnModel, Box<dyn std::error::Error>> {
    let (weight, bias) = concepts.projection_of_features();
    let projected = EfficientnetLiteCheckpoint {
        classifier: PackedLayer {
            weight,
            bias,
            ..checkpoint.classifier.clone()
        },
        ..checkpoint.clone()
    };
    model.load_image_tower(&projected.image_pack(NAME, WeightType::F32)?, device)?;
    model.logit_scale = Param::from_data([concepts.logit_scale], device);
    Ok(model)
}
