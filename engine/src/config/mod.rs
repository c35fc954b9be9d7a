//! What a network is made of: its shape, without weights. It depends on nothing else here.

mod efficientnet_lite;
mod error;
mod network;

pub use efficientnet_lite::{EfficientnetLiteConfig, EfficientnetStage, InvertedResidual};
pub use error::ConfigError;
pub use network::{
    Activation, BOTTLENECK_EXPANSION, ClipConfig, ModifiedResnetConfig, TextConfig, VisionConfig,
    VisionTransformerConfig,
};
