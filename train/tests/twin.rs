//! The twin against PyTorch and against the engine, on every architecture.

// The engine's own parity tests use all of it.
#[allow(dead_code)]
#[path = "../../engine/tests/common/mod.rs"]
mod common;

use burn::tensor::{Device, Int, Tensor, TensorData};
use common::{FIXTURES, Fixture, Reference, assert_close};
use glance_engine::text::Tokens;
use glance_engine::twin::Twin;
use glance_engine::weights::WeightType;
use glance_engine::{Clip, DeviceKind, Embedding, Pack};

fn images(twin: &Twin, pack: &Pack, reference: &Reference, device: &Device) -> Vec<f32> {
    let size = pack.header().config.vision.image_size();
    let pixels = TensorData::new(
        reference.pixels.clone(),
        [reference.pictures, size, size, 3],
    );
    let embeddings = twin.encode_images(Tensor::from_data(pixels, device));
    embeddings.into_data().iter::<f32>().collect()
}

fn texts(twin: &Twin, tokens: &[Tokens], device: &Device) -> Vec<f32> {
    let sequence = tokens
        .iter()
        .map(|tokens| tokens.ids.len())
        .max()
        .unwrap_or(0);
    let padded = tokens.iter().flat_map(|tokens| {
        tokens
            .ids
            .iter()
            .map(|id| *id as i32)
            .chain(std::iter::repeat(0))
            .take(sequence)
    });
    let ids = TensorData::new(padded.collect::<Vec<_>>(), [tokens.len(), sequence]);
    let ends = tokens
        .iter()
        .map(|tokens| tokens.ids.len() as i32 - 1)
        .collect::<Vec<_>>();
    let ends = TensorData::new(ends, [tokens.len()]);
    let embeddings = twin.encode_texts(
        Tensor::<2, Int>::from_data(ids, device),
        Tensor::<1, Int>::from_data(ends, device),
    );
    embeddings.into_data().iter::<f32>().collect()
}

fn flat(embeddings: &[Embedding]) -> Vec<f32> {
    embeddings
        .iter()
        .flat_map(|embedding| embedding.0.iter().copied())
        .collect()
}

fn engine(pack: &Pack, reference: &Reference) -> (Vec<f32>, Vec<f32>) {
    pollster::block_on(async {
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
        let pack = pollster::block_on(fixture.pack(WeightType::F32));
        check(fixture, pack, fixture.reference());
    }
}

#[test]
fn the_twin_equals_pytorch() {
    let device = Device::flex();
    for_each_fixture(|fixture, pack, reference| {
        let twin = Twin::from_pack(&pack, &device).expect("the twin has every tensor");
        let name = fixture.name;
        let found = images(&twin, &pack, &reference, &device);
        assert_close(
            &found,
            &reference.image_embeds,
            &format!("{name}, images of the twin"),
        );
        let found = texts(&twin, &reference.tokens, &device);
        assert_close(
            &found,
            &reference.text_embeds,
            &format!("{name}, texts of the twin"),
        );
    });
}

#[test]
fn a_pack_written_by_the_twin_is_the_one_it_read() {
    let device = Device::flex();
    for_each_fixture(|fixture, pack, reference| {
        let twin = Twin::from_pack(&pack, &device).expect("the twin has every tensor");
        let config = &pack.header().config;
        let tokenizer = pack.tokenizer().expect("a pack has a tokenizer");
        let written = twin
            .to_pack(fixture.name, None, config, tokenizer, WeightType::F32)
            .expect("the twin is finite");
        let written = Pack::parse(written.file().concat()).expect("a pack just written is whole");
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
fn the_engine_agrees_with_a_twin_that_has_learnt() {
    let device = Device::flex().autodiff();
    for_each_fixture(|fixture, pack, reference| {
        let config = &pack.header().config;
        device.seed(7);
        let twin = Twin::init(config, &device);
        // A pass in training mode moves the running statistics away from where they start.
        images(&twin, &pack, &reference, &device);
        let frozen = burn::module::Module::valid(&twin);
        let tokenizer = pack.tokenizer().expect("a pack has a tokenizer");
        let written = twin
            .to_pack(fixture.name, None, config, tokenizer, WeightType::F32)
            .expect("the twin is finite");
        let written = Pack::parse(written.file().concat()).expect("a pack just written is whole");
        let (engine_images, engine_texts) = engine(&written, &reference);
        let plain = Device::flex();
        let name = fixture.name;
        let found = images(&frozen, &pack, &reference, &plain);
        assert_close(
            &engine_images,
            &found,
            &format!("{name}, images of a new twin"),
        );
        let found = texts(&frozen, &reference.tokens, &plain);
        assert_close(
            &engine_texts,
            &found,
            &format!("{name}, texts of a new twin"),
        );
    });
}
