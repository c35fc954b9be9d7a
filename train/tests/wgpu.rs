//! The burn model on burn-wgpu: outputs against PyTorch on every architecture, gradients against
//! the CPU's, and pairs learnt by heart.

#[path = "../../engine/tests/burn_wgpu/mod.rs"]
mod burn_wgpu;
// The engine's own parity tests use all of it.
#[allow(dead_code)]
#[path = "../../engine/tests/common/mod.rs"]
mod common;
// No ResNet is trained here: its many kernels take minutes to compile. `overfit.rs` trains one.
#[path = "../../engine/tests/burn_parity/mod.rs"]
mod burn_parity;
#[allow(dead_code)]
mod pairs;

use std::sync::LazyLock;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Bool, Device, Tensor};
use glance_engine::Pack;
use glance_engine::burn_model::BurnModel;
use glance_engine::weights::WeightType;
use glance_train::contrastive::contrastive_loss;
use pollster::block_on;

use burn_parity::{assert_burn_parity, images, texts, values};
use common::{FIXTURES, Reference};
use pairs::{assert_learns_by_heart, vision_transformer};

/// Largest difference of any gradient, relative to the largest of its parameter.
const GRADIENT_TOLERANCE: f32 = 1e-3;
/// Gradients that are zero in theory, such as those of the keys' biases, are rounding errors. So
/// errors are relative to at least this part of the largest gradient of all parameters.
const GRADIENT_FLOOR: f32 = 1e-3;

static WGPU: LazyLock<Option<Device>> = LazyLock::new(|| block_on(burn_wgpu::device()));

/// A parameter's place in the network, and its gradient.
type Gradient = (String, Vec<f32>);

struct Gradients {
    of: GradientsParams,
    path: Vec<String>,
    found: Vec<Gradient>,
}

impl ModuleVisitor for Gradients {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let path = self.path.join(".");
        match self.of.get::<D>(param.id) {
            Some(gradient) => self.found.push((path, block_on(values(gradient)))),
            // Running statistics have no gradient.
            None => assert!(path.contains(".running_"), "{path} has no gradient"),
        }
    }
}

/// The contrastive loss of as many pairs as the reference has pictures and texts, and its gradient.
fn gradients(pack: &Pack, reference: &Reference, device: &Device) -> (f32, Vec<Gradient>) {
    let model = BurnModel::from_pack(pack, device).expect("the burn model has every tensor");
    let pairs = reference.pictures.min(reference.tokens.len());
    let images = images(&model, pack, reference, device).narrow(0, 0, pairs);
    let texts = texts(&model, &reference.tokens[..pairs], device);
    let alike = Tensor::<2, Bool>::full([pairs, pairs], false, device);
    let loss = contrastive_loss(images, texts, model.logit_scale.val(), alike);
    let mut gradients = Gradients {
        of: GradientsParams::from_grads(loss.backward(), &model),
        path: Vec::new(),
        found: Vec::new(),
    };
    model.visit(&mut gradients);
    (loss.into_scalar::<f32>(), gradients.found)
}

fn largest(values: &[f32]) -> f32 {
    values
        .iter()
        .fold(0.0, |largest, value| largest.max(value.abs()))
}

#[test]
fn the_burn_model_equals_pytorch() {
    if let Some(device) = &*WGPU {
        block_on(assert_burn_parity(device));
    }
}

#[test]
fn gradients_equal_those_of_the_processor() {
    let Some(device) = &*WGPU else { return };
    for fixture in &FIXTURES {
        let name = fixture.name;
        let pack = block_on(fixture.pack(WeightType::F32));
        let reference = fixture.reference();
        let (loss, found) = gradients(&pack, &reference, &device.clone().autodiff());
        let (expected_loss, expected) = gradients(&pack, &reference, &Device::flex().autodiff());
        println!("{name}: loss {loss}, {expected_loss} on the processor");
        assert!(
            (loss - expected_loss).abs() <= 1e-4 * expected_loss,
            "{name}: {loss}"
        );
        assert_eq!(found.len(), expected.len(), "{name}");
        let floor = GRADIENT_FLOOR
            * expected
                .iter()
                .fold(0.0, |most, (_, values)| largest(values).max(most));
        let mut worst = 0f32;
        for ((path, found), (_, expected)) in found.iter().zip(&expected) {
            assert_eq!(found.len(), expected.len(), "{name}, {path}");
            let differences: Vec<f32> = found
                .iter()
                .zip(expected)
                .map(|(found, expected)| found - expected)
                .collect();
            assert!(
                differences.iter().all(|value| value.is_finite()),
                "{name}, {path}"
            );
            let error = largest(&differences) / largest(expected).max(floor);
            assert!(
                error <= GRADIENT_TOLERANCE,
                "{name}, {path}: off by {error} of the largest"
            );
            worst = worst.max(error);
        }
        println!(
            "{name}: {} gradients off by {worst:.1e} at most",
            expected.len()
        );
    }
}

#[test]
fn a_vision_transformer_learns_six_pairs_by_heart() {
    if let Some(device) = &*WGPU {
        assert_learns_by_heart(&vision_transformer(), &device.clone().autodiff());
    }
}
