//! Six random pairs and the smallest networks that learn them.

use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Bool, Device, Distribution, Int, Tensor};
use glance_engine::burn_model::BurnModel;
use glance_engine::{
    Activation, ClipConfig, ModifiedResnetConfig, TextConfig, VisionConfig, VisionTransformerConfig,
};
use glance_train::contrastive::contrastive_loss;
use glance_train::optimizer;

const PAIRS: usize = 6;

fn config(vision: VisionConfig) -> ClipConfig {
    ClipConfig {
        vision,
        text: TextConfig {
            context_length: 6,
            vocabulary_size: 40,
            width: 16,
            layers: 1,
            heads: 2,
            mlp_width: 32,
        },
        projection: 16,
        activation: Activation::QuickGelu,
    }
}

pub fn modified_resnet() -> ClipConfig {
    let (layers, heads) = ([1; 4], 4);
    config(VisionConfig::ModifiedResnet(ModifiedResnetConfig {
        image_size: 32,
        width: 4,
        layers,
        heads,
    }))
}

pub fn vision_transformer() -> ClipConfig {
    config(VisionConfig::VisionTransformer(VisionTransformerConfig {
        image_size: 32,
        patch_size: 8,
        width: 24,
        layers: 2,
        heads: 3,
        mlp_width: 48,
    }))
}

pub struct Pairs {
    pixels: Tensor<4>,
    ids: Tensor<2, Int>,
    ends: Tensor<1, Int>,
}

impl Pairs {
    pub fn random(device: &Device) -> Self {
        let distribution = Distribution::Normal(0.0, 1.0);
        let ids = (0..PAIRS as i32).flat_map(|pair| [38, pair, 3 * pair + 1, 39]);
        let ids: Vec<i32> = ids.collect();
        Self {
            pixels: Tensor::random([PAIRS, 32, 32, 3], distribution, device),
            ids: Tensor::<1, Int>::from_ints(ids.as_slice(), device).reshape([PAIRS, 4]),
            ends: Tensor::<1, Int>::full([PAIRS], 3, device),
        }
    }

    pub fn step(
        &self,
        model: BurnModel,
        optimizer: &mut ModuleOptimizer,
        device: &Device,
    ) -> (BurnModel, f32) {
        let images = model.encode_images(self.pixels.clone());
        let texts = model.encode_texts(self.ids.clone(), self.ends.clone());
        let alike = Tensor::<2, Bool>::full([PAIRS, PAIRS], false, device);
        let loss = contrastive_loss(images, texts, model.logit_scale.val(), alike);
        let value = loss.clone().into_scalar::<f32>();
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        (optimizer.step(3e-3, model, gradients), value)
    }
}

/// Asserts that the loss falls from chance to almost zero. `device` must support autodiff.
pub fn assert_learns_by_heart(config: &ClipConfig, device: &Device) {
    device.seed(1);
    let pairs = Pairs::random(device);
    let mut model = BurnModel::init(config, device);
    let mut optimizer = optimizer::optimizer(&model, 0.0);
    let mut losses = Vec::new();
    for _ in 0..60 {
        let loss;
        (model, loss) = pairs.step(model, &mut optimizer, device);
        losses.push(loss);
    }
    let (first, last) = (losses[0], losses[losses.len() - 1]);
    assert!(first > 1.0, "six pairs start near ln 6, not at {first}");
    assert!(
        last < 0.05,
        "six pairs are learnt by heart, but the loss is {last} after {first}"
    );
}
