//! CLIP (Radford et al. 2021, <https://arxiv.org/abs/2103.00020>) from bytes to scores, on WebGPU
//! or on the CPU, native and in the browser.
//!
//! ```text
//! picture bytes ─ image ─┐                ┌─ model::vision ─┐
//!                        ├─ Clip ─ model ─┤                 ├─ Embedding ─ score
//! label strings ─ text ──┘                └─ model::text ───┘
//! ```

#[cfg(feature = "burn")]
pub mod burn_model;
pub mod config;
pub mod device;
pub mod few_shot;
pub mod grouping;
pub mod image;
pub mod model;
pub mod score;
pub mod text;
pub mod web;
pub mod weights;

mod clip;
mod clock;
mod embedding;
mod error;
// For the helper workers of a browser, which only encode pictures.
#[cfg(target_arch = "wasm32")]
mod image_encoder;
mod timeline;

pub use clip::Clip;
pub use config::{
    Activation, ClipConfig, EfficientnetLiteConfig, EfficientnetStage, ModifiedResnetConfig,
    TextConfig, VisionConfig, VisionTransformerConfig,
};
pub use device::{DeviceChoice, DeviceKind, DeviceReason, Speeds};
pub use embedding::{Embedding, Ranked};
pub use error::Error;
pub use glance_compute as compute;
pub use glance_protocol::{Regions, Square};
pub use image::Picture;
pub use weights::Pack;
