//! The configuration of a run from scratch, and the export of any finished pack.

use std::path::Path;

use glance_engine::Pack;
use glance_engine::config::{
    Activation, ClipConfig, ModifiedResnetConfig, TextConfig, VisionConfig,
};
use glance_engine::weights::{Manifest, PackLocation};

/// Byte-pair merges in the vocabulary, the most frequent ones. A small vocabulary gets every token
/// trained; rare words are spelled from pieces.
pub const MERGES: usize = 8_190;

/// The pack's name.
pub const NAME: &str = "Glance demo";

/// The strictest licence of the training drawings (`DATA.md`).
pub const LICENSE: &str = "CC-BY-SA-4.0";

/// The prompt for accuracy on drawings.
pub const DRAWING_TEMPLATE: &str = "{} emoji";

/// The prompt for accuracy on photos.
pub const PHOTO_TEMPLATE: &str = "a photo of a {}";

/// The network that is trained from scratch: a modified ResNet and a two-layer text transformer.
pub fn config() -> ClipConfig {
    ClipConfig {
        vision: VisionConfig::ModifiedResnet(ModifiedResnetConfig {
            image_size: 64,
            width: 24,
            layers: [1, 1, 1, 1],
            heads: 12,
        }),
        text: TextConfig {
            context_length: 32,
            vocabulary_size: MERGES + 514,
            width: 128,
            layers: 2,
            heads: 4,
            mlp_width: 512,
        },
        projection: 256,
        activation: Activation::QuickGelu,
    }
}

/// Writes the pack and the manifest that the page fetches first.
///
/// # Errors
/// If they cannot be written.
pub fn export(folder: &Path, pack: &Pack) -> Result<(), Box<dyn std::error::Error>> {
    let file = "demo.safetensors";
    let manifest = Manifest::of(pack, Some(PackLocation::Url(file.to_owned())));
    std::fs::write(folder.join(file), pack.file().concat())?;
    std::fs::write(folder.join("demo.json"), manifest.json())?;
    println!("{} bytes in {}", pack.size(), folder.join(file).display());
    Ok(())
}
