//! What a run from nothing trains, and how a finished pack is written down.

use std::path::Path;

use glance_engine::Pack;
use glance_engine::config::{
    Activation, ClipConfig, ModifiedResnetConfig, TextConfig, VisionConfig,
};
use glance_engine::weights::{Manifest, PackLocation};

/// Byte-pair merges the demo model's vocabulary keeps, most frequent first: a small vocabulary has
/// every piece trained, and rare words are spelled from pieces.
pub const MERGES: usize = 8_190;

/// The demo model's name.
pub const NAME: &str = "Glance demo";

/// Share-alike, as the strictest of the drawings it learnt from (`DATA.md`).
pub const LICENSE: &str = "CC-BY-SA-4.0";

/// The prompt that accuracy on drawings is counted with.
pub const DRAWING_TEMPLATE: &str = "{} emoji";

/// The prompt that accuracy on photos is counted with.
pub const PHOTO_TEMPLATE: &str = "a photo of a {}";

/// The demo model's network: a modified ResNet and a two-layer text transformer.
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
/// Where they cannot be written.
pub fn export(folder: &Path, pack: &Pack) -> Result<(), Box<dyn std::error::Error>> {
    let file = "demo.safetensors";
    let manifest = Manifest::of(pack, Some(PackLocation::Url(file.to_owned())));
    std::fs::write(folder.join(file), pack.file().concat())?;
    std::fs::write(folder.join("demo.json"), manifest.json())?;
    println!("{} bytes in {}", pack.size(), folder.join(file).display());
    Ok(())
}
