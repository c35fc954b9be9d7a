//! Learning works: a handful of pairs is learnt by heart, and a resumed run goes on as if it had
//! never stopped.

use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Bool, Device, Distribution, Int, Tensor};
use glance_engine::twin::Twin;
use glance_engine::{
    Activation, ClipConfig, ModifiedResnetConfig, TextConfig, VisionConfig, VisionTransformerConfig,
};
use glance_train::contrastive::contrastive_loss;
use glance_train::{checkpoint, optimizer};

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

fn modified_resnet() -> ClipConfig {
    let (layers, heads) = ([1; 4], 4);
    config(VisionConfig::ModifiedResnet(ModifiedResnetConfig {
        image_size: 32,
        width: 4,
        layers,
        heads,
    }))
}

fn vision_transformer() -> ClipConfig {
    config(VisionConfig::VisionTransformer(VisionTransformerConfig {
        image_size: 32,
        patch_size: 8,
        width: 24,
        layers: 2,
        heads: 3,
        mlp_width: 48,
    }))
}

struct Pairs {
    pixels: Tensor<4>,
    ids: Tensor<2, Int>,
    ends: Tensor<1, Int>,
}

impl Pairs {
    fn random(device: &Device) -> Self {
        let distribution = Distribution::Normal(0.0, 1.0);
        let ids = (0..PAIRS as i32).flat_map(|pair| [38, pair, 3 * pair + 1, 39]);
        let ids: Vec<i32> = ids.collect();
        Self {
            pixels: Tensor::random([PAIRS, 32, 32, 3], distribution, device),
            ids: Tensor::<1, Int>::from_ints(ids.as_slice(), device).reshape([PAIRS, 4]),
            ends: Tensor::<1, Int>::full([PAIRS], 3, device),
        }
    }

    fn step(&self, twin: Twin, optimizer: &mut ModuleOptimizer, device: &Device) -> (Twin, f32) {
        let images = twin.encode_images(self.pixels.clone());
        let texts = twin.encode_texts(self.ids.clone(), self.ends.clone());
        let alike = Tensor::<2, Bool>::full([PAIRS, PAIRS], false, device);
        let loss = contrastive_loss(images, texts, twin.logit_scale.val(), alike);
        let value = loss.clone().into_scalar::<f32>();
        let gradients = GradientsParams::from_grads(loss.backward(), &twin);
        (optimizer.step(3e-3, twin, gradients), value)
    }
}

fn learns_by_heart(config: &ClipConfig) {
    let device = Device::flex().autodiff();
    device.seed(1);
    let pairs = Pairs::random(&device);
    let mut twin = Twin::init(config, &device);
    let mut optimizer = optimizer::optimizer(&twin, 0.0);
    let mut losses = Vec::new();
    for _ in 0..60 {
        let loss;
        (twin, loss) = pairs.step(twin, &mut optimizer, &device);
        losses.push(loss);
    }
    let (first, last) = (losses[0], losses[losses.len() - 1]);
    assert!(first > 1.0, "six pairs start near ln 6, not at {first}");
    assert!(
        last < 0.05,
        "six pairs are learnt by heart, but the loss is {last} after {first}"
    );
}

#[test]
fn a_modified_resnet_learns_six_pairs_by_heart() {
    learns_by_heart(&modified_resnet());
}

#[test]
fn a_vision_transformer_learns_six_pairs_by_heart() {
    learns_by_heart(&vision_transformer());
}

#[test]
fn a_resumed_run_goes_on_as_if_never_stopped() {
    let device = Device::flex().autodiff();
    device.seed(2);
    let config = modified_resnet();
    let pairs = Pairs::random(&device);
    let mut twin = Twin::init(&config, &device);
    let mut optimizer = optimizer::optimizer(&twin, 0.1);
    for _ in 0..3 {
        (twin, _) = pairs.step(twin, &mut optimizer, &device);
    }
    let folder = std::env::temp_dir().join(format!("glance-resume-{}", std::process::id()));
    checkpoint::save(&folder, 3, &twin, &optimizer).expect("the temporary folder is writable");
    // Once more: a checkpoint takes the place of the one before.
    checkpoint::save(&folder, 3, &twin, &optimizer).expect("the temporary folder is writable");
    let stranger = Twin::init(&config, &device);
    let decayed = |twin: &Twin| optimizer::optimizer(twin, 0.1);
    let (step, resumed, mut resumed_optimizer) = checkpoint::resume(&folder, &stranger, decayed)
        .expect("the checkpoint fits")
        .expect("there is a checkpoint");
    std::fs::remove_dir_all(&folder).expect("the folder was just written");
    let previous = folder.with_extension("previous");
    std::fs::remove_dir_all(previous).expect("the one before was kept");
    assert_eq!(step, 3);
    assert_eq!(twin.num_params(), resumed.num_params());
    let (mut resumed, mut found) = pairs.step(resumed, &mut resumed_optimizer, &device);
    let (mut twin, mut expected) = pairs.step(twin, &mut optimizer, &device);
    assert_eq!(found, expected, "the weights came back");
    for _ in 0..3 {
        (resumed, found) = pairs.step(resumed, &mut resumed_optimizer, &device);
        (twin, expected) = pairs.step(twin, &mut optimizer, &device);
        assert!(
            (found - expected).abs() < 1e-4,
            "the moments came back: {found}, {expected}"
        );
    }
}
