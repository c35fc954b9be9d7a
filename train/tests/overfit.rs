//! Training works: six pairs are learnt by heart, and a resumed run continues as if never stopped.

mod pairs;

use burn::module::Module;
use burn::tensor::Device;
use glance_engine::burn_model::BurnModel;
use glance_train::{checkpoint, optimizer};

use pairs::{Pairs, assert_learns_by_heart, modified_resnet, vision_transformer};

#[test]
fn a_modified_resnet_learns_six_pairs_by_heart() {
    assert_learns_by_heart(&modified_resnet(), &Device::flex().autodiff());
}

#[test]
fn a_vision_transformer_learns_six_pairs_by_heart() {
    assert_learns_by_heart(&vision_transformer(), &Device::flex().autodiff());
}

#[test]
fn a_resumed_run_goes_on_as_if_never_stopped() {
    let device = Device::flex().autodiff();
    device.seed(2);
    let config = modified_resnet();
    let pairs = Pairs::random(&device);
    let mut model = BurnModel::init(&config, &device);
    let mut optimizer = optimizer::optimizer(&model, 0.1);
    for _ in 0..3 {
        (model, _) = pairs.step(model, &mut optimizer, &device);
    }
    let folder = std::env::temp_dir().join(format!("glance-resume-{}", std::process::id()));
    checkpoint::save(&folder, 3, &model, &optimizer).expect("the temporary folder is writable");
    // Twice, because a checkpoint replaces the one before.
    checkpoint::save(&folder, 3, &model, &optimizer).expect("the temporary folder is writable");
    let stranger = BurnModel::init(&config, &device);
    let decayed = |model: &BurnModel| optimizer::optimizer(model, 0.1);
    let (step, resumed, mut resumed_optimizer) = checkpoint::resume(&folder, &stranger, decayed)
        .expect("the checkpoint fits")
        .expect("there is a checkpoint");
    std::fs::remove_dir_all(&folder).expect("the folder was just written");
    let previous = folder.with_extension("previous");
    std::fs::remove_dir_all(previous).expect("the one before was kept");
    assert_eq!(step, 3);
    assert_eq!(model.num_params(), resumed.num_params());
    let (mut resumed, mut found) = pairs.step(resumed, &mut resumed_optimizer, &device);
    let (mut model, mut expected) = pairs.step(model, &mut optimizer, &device);
    assert_eq!(found, expected, "the weights came back");
    for _ in 0..3 {
        (resumed, found) = pairs.step(resumed, &mut resumed_optimizer, &device);
        (model, expected) = pairs.step(model, &mut optimizer, &device);
        assert!(
            (found - expected).abs() < 1e-4,
            "the moments came back: {found}, {expected}"
        );
    }
}
