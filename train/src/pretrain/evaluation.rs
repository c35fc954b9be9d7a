//! Zero-shot accuracy on held-out pictures.

use burn::tensor::{Device, Int, Tensor, TensorData};
use glance_engine::Error;
use glance_engine::burn_model::BurnModel;
use glance_engine::score::top_k;
use glance_engine::text::{Tokenizer, fill_template};
use glance_engine::weights::Preprocessing;
use serde::Serialize;

use crate::batch::{normalise, pad};
use crate::data::{Example, plain};

/// Top-1 and top-5 accuracy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Accuracy {
    /// Share of pictures whose best name is right.
    pub top1: f32,
    /// Share of pictures whose five best names include the right one.
    pub top5: f32,
    /// Number of pictures.
    pub n: usize,
    /// Number of names to choose from.
    pub names: usize,
}

/// Pictures or texts encoded at a time.
const CHUNK: usize = 128;

/// Classifies each picture of `examples` among all of their names, and counts the right answers.
///
/// # Errors
/// The tokenizer's.
pub fn evaluate(
    model: &BurnModel,
    tokenizer: &Tokenizer,
    concepts: &[String],
    examples: &[Example],
    template: &str,
    image_size: usize,
    device: &Device,
) -> Result<Accuracy, Error> {
    let mut names: Vec<u32> = examples.iter().map(|example| example.concept).collect();
    names.sort_unstable();
    names.dedup();
    let prompts: Vec<String> = names
        .iter()
        .map(|&name| fill_template(template, &concepts[name as usize]))
        .collect();
    let texts = prompts
        .chunks(CHUNK)
        .map(|chunk| {
            let (sequence, ids, ends) = pad(chunk, tokenizer)?;
            let ids = TensorData::new(ids, [chunk.len(), sequence]);
            let ids = Tensor::<2, Int>::from_data(ids, device);
            let ends = Tensor::<1, Int>::from_data(TensorData::new(ends, [chunk.len()]), device);
            Ok(model.encode_texts(ids, ends))
        })
        .collect::<Result<Vec<_>, Error>>()?;
    if texts.is_empty() {
        return Ok(Accuracy::default());
    }
    let texts = Tensor::cat(texts, 0).transpose();
    let preprocessing = Preprocessing::default();
    let (mut first, mut among_five) = (0, 0);
    for chunk in examples.chunks(CHUNK) {
        let pixels: Vec<f32> = chunk
            .iter()
            .flat_map(|example| normalise(&plain(&example.raster, image_size), &preprocessing))
            .collect();
        let pixels = TensorData::new(pixels, [chunk.len(), image_size, image_size, 3]);
        let images = model.encode_images(Tensor::from_data(pixels, device));
        let cosines = images.matmul(texts.clone()).into_data();
        let cosines: Vec<f32> = cosines.iter::<f32>().collect();
        for (row, example) in cosines.chunks_exact(names.len()).zip(chunk) {
            let best = top_k(row, 5);
            let right = |&index: &usize| names[index] == example.concept;
            first += usize::from(best.first().is_some_and(right));
            among_five += usize::from(best.iter().any(right));
        }
    }
    let share = |count: usize| count as f32 / examples.len() as f32;
    Ok(Accuracy {
        top1: share(first),
        top5: share(among_five),
        n: examples.len(),
        names: names.len(),
    })
}
