//! The fixtures of the tests, and small checkpoints made from them.

use std::fs;
use std::path::Path;

use glance_engine::text::openai_vocabulary;
use safetensors::SafeTensors;
use safetensors::tensor::TensorView;

/// A file of `tests/fixtures/`.
///
/// # Panics
/// If it is not there.
pub fn fixture(path: &str) -> Vec<u8> {
    let path = folder().join(path);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folder `tests/fixtures/`.
pub fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures"))
}

/// A checkpoint of the fixtures with two channels where it has many.
pub fn narrow(path: &str) -> Vec<u8> {
    let bytes = fixture(path);
    let tensors = SafeTensors::deserialize(&bytes).expect("the fixture is whole");
    let narrow = |side: &usize| match side {
        // No merges.
        534 => 514,
        192 => 6,
        5 => 5,
        side => (*side).min(2),
    };
    let views = tensors.tensors().into_iter().map(|(name, tensor)| {
        let shape: Vec<usize> =
            match name.ends_with("conv1.weight") || name.ends_with("patch_embedding.weight") {
                true => vec![2, 3, 2, 2],
                false => tensor.shape().iter().map(narrow).collect(),
            };
        let length = shape.iter().product::<usize>() * tensor.dtype().bitsize() / 8;
        let view = TensorView::new(tensor.dtype(), shape, &tensor.data()[..length]);
        (name, view.expect("the size fits"))
    });
    safetensors::serialize(views, None).expect("names differ")
}

/// The configuration of what [`narrow`] makes: without merges the end token is another.
pub fn narrow_config() -> Vec<u8> {
    let config = fixture("checkpoints/hugging-face/config.json");
    let config = String::from_utf8(config).expect("it is text");
    config.replace("533", "513").into_bytes()
}

/// `vocab.json` without merges.
pub fn vocabulary() -> Vec<u8> {
    openai_vocabulary("").expect("no merge is wrong")
}
