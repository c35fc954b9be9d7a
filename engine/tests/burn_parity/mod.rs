//! Compares the burn model with the reference networks, on any device of burn's.

use burn::tensor::{Device, Int, Tensor, TensorData};
use glance_engine::Pack;
use glance_engine::burn_model::BurnModel;
use glance_engine::text::Tokens;
use glance_engine::weights::WeightType;

use crate::common::{FIXTURES, Reference, assert_close};

/// The burn model's embeddings equal the reference's on every architecture.
pub async fn assert_burn_parity(device: &Device) {
    for fixture in &FIXTURES {
        let pack = fixture.pack(WeightType::F32).await;
        let reference = fixture.reference();
        let model = BurnModel::from_pack(&pack, device).expect("the burn model has every tensor");
        let name = fixture.name;
        assert_close(
            &values(images(&model, &pack, &reference, device)).await,
            &reference.image_embeds,
            &format!("{name}, images of the burn model"),
        );
        assert_close(
            &values(texts(&model, &reference.tokens, device)).await,
            &reference.text_embeds,
            &format!("{name}, texts of the burn model"),
        );
    }
}

/// The burn model's embeddings of the reference's pictures, `[pictures, projection]`.
pub fn images(model: &BurnModel, pack: &Pack, reference: &Reference, device: &Device) -> Tensor<2> {
    let size = pack.header().config.vision.image_size();
    let pixels = TensorData::new(
        reference.pixels.clone(),
        [reference.pictures, size, size, 3],
    );
    model.encode_images(Tensor::from_data(pixels, device))
}

/// The burn model's embeddings of texts of several lengths, `[texts, projection]`.
pub fn texts(model: &BurnModel, tokens: &[Tokens], device: &Device) -> Tensor<2> {
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
    model.encode_texts(
        Tensor::<2, Int>::from_data(ids, device),
        Tensor::<1, Int>::from_data(ends, device),
    )
}

/// A tensor's values, read without blocking: a browser's thread must not wait.
pub async fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    let data = tensor.into_data_async().await;
    data.expect("the device answers").iter::<f32>().collect()
}
