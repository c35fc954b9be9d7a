//! The shape of a network, without weights. It depends on no other module of the engine.

mod efficientnet_lite;
mod error;
mod network;

pub use efficientnet_lite::{EfficientnetLiteConfig, EfficientnetStage, InvertedResidual};
pub use error::ConfigError;
pub use network::{
    Activation, BOTTLENECK_EXPANSION, ClipConfig, ModifiedResnetConfig, TextConfig, VisionConfig,
    VisionTransformerConfig,
};
