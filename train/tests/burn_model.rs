//! The burn model against PyTorch and against the engine, on every architecture.

#[path = "../../engine/tests/burn_parity/mod.rs"]
mod burn_parity;
// The engine's own parity tests use all of it.
#[allow(dead_code)]
#[path = "../../engine/tests/common/mod.rs"]
mod common;

use burn::tensor::Device;
use burn_parity::{assert_burn_parity, images, texts, values};
use common::{FIXTURES, Fixture, Reference, assert_close};
use glance_engine::burn_model::BurnModel;
use glance_engine::weights::WeightType;
use glance_engine::{Clip, DeviceKind, Embedding, Pack};
use pollster::block_on;

fn flat(embeddings: &[Embedding]) -> Vec<f32> {
    embeddings
        .iter()
        .flat_map(|embedding| embedding.0.iter().copied())
        .collect()
}

fn engine(pack: &Pack, reference: &Reference) -> (Vec<f32>, Vec<f32>) {
    block_on(async {
        let clip = Clip::load(pack, DeviceKind::Cpu)
            .await
            .expect("the fixture loads");
        let images = clip
            .encode_pixels(&reference.pixels)
            .await
            .expect("the CPU answers");
        let texts = clip
            .encode_tokens(&reference.tokens)
            .await
            .expect("the CPU answers");
        (flat(&images), flat(&texts))
    })
}

fn for_each_fixture(check: impl Fn(&Fixture, Pack, Reference)) {
    for fixture in &FIXTURES {
        let pack = block_on(fixture.pack(WeightType::F32));
        check(fixture, pack, fixture.reference());
    }
}

/// The pack of a model with the rest of `pack`, written and read again.
fn written(model: &BurnModel, name: &str, pack: &Pack) -> Pack {
    let header = pack.header();
    let tokenizer = pack.tokenizer().expect("a pack has a tokenizer");
    let preprocessing = header.preprocessing.clone();
    let written = model
        .to_pack(
            name,
            None,
            &header.config,
            preprocessing,
            tokenizer,
            WeightType::F32,
        )
        .expect("the burn model is finite");
    Pack::parse(written.file().concat()).expect("a pack just written is whole")
}

#[test]
fn the_burn_model_equals_pytorch() {
    block_on(assert_burn_parity(&Device::flex()));
}

#[test]
fn a_pack_of_the_burn_model_is_the_one_it_read() {
    let device = Device::flex();
    for_each_fixture(|fixture, pack, reference| {
        let model = BurnModel::from_pack(&pack, &device).expect("the burn model has every tensor");
        let written = written(&model, fixture.name, &pack);
        let mut names = [pack.tensor_names(), written.tensor_names()];
        names.iter_mut().for_each(|names| names.sort());
        assert_eq!(names[0], names[1], "{}", fixture.name);
        let (found_images, found_texts) = engine(&written, &reference);
        let name = fixture.name;
        assert_close(
            &found_images,
            &reference.image_embeds,
            &format!("{name}, images again"),
        );
        assert_close(
            &found_texts,
            &reference.text_embeds,
            &format!("{name}, texts again"),
        );
    });
}

/// Random weights, so that batch normalisation has statistics of its own to fold.
#[test]
fn the_engine_agrees_with_a_taught_burn_model() {
    let device = Device::flex().autodiff();
    for_each_fixture(|fixture, pack, reference| {
        let config = &pack.header().config;
        device.seed(7);
        let model = BurnModel::init(config, &device);
        // A pass in training mode moves the running statistics away from where they start.
        images(&model, &pack, &reference, &device);
        let frozen = burn::module::Module::valid(&model);
        let written = written(&model, fixture.name, &pack);
        let (engine_images, engine_texts) = engine(&written, &reference);
        let plain = Device::flex();
        let name = fixture.name;
        let found = block_on(values(images(&frozen, &pack, &reference, &plain)));
        assert_close(
            &engine_images,
            &found,
            &format!("{name}, images of a new burn model"),
        );
        let found = block_on(values(texts(&frozen, &reference.tokens, &plain)));
        assert_close(
            &engine_texts,
            &found,
            &format!("{name}, texts of a new burn model"),
        );
    });
}
