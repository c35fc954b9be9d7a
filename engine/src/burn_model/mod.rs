//! The same network as burn modules: differentiable, on any burn device.
//!
//! The burn model trains the demo model, fine-tunes, and is an independent reference for the engine
//! in tests. It reads and writes the same packs. In a pack, batch normalisation is folded into the
//! convolutions. So a ResNet gets identities for it when it is read, and an EfficientNet-lite has
//! none.

mod attention;
mod efficientnet_lite;
mod modified_resnet;
mod pack;
mod text_transformer;
mod vision_transformer;

use burn::module::{Module, Param, ParamId};
use burn::tensor::{Device, Int, Tensor};

use crate::config::{ClipConfig, VisionConfig};
use efficientnet_lite::EfficientnetLite;
use modified_resnet::ModifiedResnet;
use text_transformer::TextTransformer;
use vision_transformer::VisionTransformer;

/// A CLIP network of burn modules.
#[derive(Module, Debug)]
pub struct BurnModel {
    vision: VisionTower,
    text: TextTransformer,
    /// Logarithm of the factor from cosine to logit, `[1]`.
    pub logit_scale: Param<Tensor<1>>,
}

// A network has only one, so boxing the large variant would save nothing.
#[allow(clippy::large_enum_variant)]
#[derive(Module, Debug)]
enum VisionTower {
    VisionTransformer(VisionTransformer),
    ModifiedResnet(ModifiedResnet),
    EfficientnetLite(EfficientnetLite),
}

/// The paper's initial temperature, 0.07, as a logit scale (section 2.5).
const INITIAL_LOGIT_SCALE: f32 = 1.0 / 0.07;

impl BurnModel {
    /// A network with random weights, distributed as in openai/CLIP `initialize_parameters`.
    pub fn init(config: &ClipConfig, device: &Device) -> Self {
        let vision = match &config.vision {
            VisionConfig::VisionTransformer(vision) => VisionTower::VisionTransformer(
                VisionTransformer::init(vision, config.activation, config.projection, device),
            ),
            VisionConfig::ModifiedResnet(vision) => {
                VisionTower::ModifiedResnet(ModifiedResnet::init(vision, config.projection, device))
            }
            VisionConfig::EfficientnetLite(vision) => VisionTower::EfficientnetLite(
                EfficientnetLite::init(vision, config.projection, device),
            ),
        };
        Self {
            vision,
            text: TextTransformer::init(&config.text, config.activation, config.projection, device),
            logit_scale: Param::from_data([INITIAL_LOGIT_SCALE.ln()], device),
        }
    }

    /// The id of the token embedding `[vocabulary, width]`. Most rows of its gradient are zero in
    /// each step, so it may need its own learning rate.
    pub fn token_embedding(&self) -> ParamId {
        self.text.token_embedding.weight.id
    }

    /// Freezes the image tower and the logit scale, so that only the text tower is trained.
    pub fn with_locked_image_tower(self) -> Self {
        Self {
            vision: self.vision.no_grad(),
            logit_scale: self.logit_scale.set_require_grad(false),
            ..self
        }
    }

    /// Keeps the factor from cosine to logit between 1 and `largest` (paper section 2.5).
    pub fn clamp_logit_scale(&mut self, largest: f32) {
        self.logit_scale = self.logit_scale.clone().map(|scale| {
            let wanted = scale.is_require_grad();
            scale
                .clamp(0.0, largest.ln())
                .detach()
                .set_require_grad(wanted)
        });
    }

    /// Unit embeddings of prepared pictures: `[batch, size, size, 3]` to `[batch, projection]`.
    pub fn encode_images(&self, pixels: Tensor<4>) -> Tensor<2> {
        let pixels = pixels.permute([0, 3, 1, 2]);
        l2_normalize(match &self.vision {
            VisionTower::VisionTransformer(tower) => tower.forward(pixels),
            VisionTower::ModifiedResnet(tower) => tower.forward(pixels),
            VisionTower::EfficientnetLite(tower) => tower.forward(pixels),
        })
    }

    /// Unit embeddings `[batch, projection]` of token sequences `[batch, sequence]`. `ends`
    /// `[batch]` are the positions of the end tokens; tokens after them have no effect.
    pub fn encode_texts(&self, ids: Tensor<2, Int>, ends: Tensor<1, Int>) -> Tensor<2> {
        l2_normalize(self.text.forward(ids, ends))
    }
}

fn l2_normalize(x: Tensor<2>) -> Tensor<2> {
    let norm = x.clone().powi_scalar(2).sum_dim(1).sqrt();
    x / norm
}
