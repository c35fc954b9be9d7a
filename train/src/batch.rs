//! Batches of pictures and captions, prepared on another thread during training.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};
use glance_engine::text::Tokenizer;
use glance_engine::weights::Preprocessing;
use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::data::{Dataset, caption};

/// A batch in host memory.
pub struct Batch {
    pairs: usize,
    image_size: usize,
    pixels: Vec<f32>,
    sequence: usize,
    ids: Vec<i32>,
    ends: Vec<i32>,
    alike: Vec<bool>,
}

/// A batch on a device.
pub struct DeviceBatch {
    /// `[n, size, size, 3]`.
    pub pixels: Tensor<4>,
    /// `[n, sequence]`.
    pub ids: Tensor<2, Int>,
    /// `[n]`.
    pub ends: Tensor<1, Int>,
    /// `[n, n]`: true off the diagonal for pairs of one concept or one caption.
    pub alike: Tensor<2, Bool>,
}

impl Batch {
    /// Moves the batch to a device.
    pub fn to_device(self, device: &Device) -> DeviceBatch {
        let Self {
            pairs,
            image_size,
            pixels,
            sequence,
            ids,
            ends,
            alike,
        } = self;
        let pixels = TensorData::new(pixels, [pairs, image_size, image_size, 3]);
        DeviceBatch {
            pixels: Tensor::from_data(pixels, device),
            ids: Tensor::from_data(TensorData::new(ids, [pairs, sequence]), device),
            ends: Tensor::from_data(TensorData::new(ends, [pairs]), device),
            alike: Tensor::from_data(TensorData::new(alike, [pairs, pairs]), device),
        }
    }
}

/// Converts 8-bit RGB to network input.
pub fn normalise(rgb: &[u8], preprocessing: &Preprocessing) -> Vec<f32> {
    rgb.iter()
        .zip((0..3).cycle())
        .map(|(level, channel)| {
            (f32::from(*level) / 255.0 - preprocessing.mean[channel])
                / preprocessing.deviation[channel]
        })
        .collect()
}

/// Tokenizes texts and pads them with zeros to one length. The causal mask hides the padding.
///
/// Returns the sequence length, the ids `[texts, sequence]` and the position of each end token.
///
/// # Errors
/// The tokenizer's.
pub fn pad(
    texts: &[impl AsRef<str>],
    tokenizer: &Tokenizer,
) -> Result<(usize, Vec<i32>, Vec<i32>), glance_engine::Error> {
    let tokens = texts
        .iter()
        .map(|text| Ok(tokenizer.encode(text.as_ref())?))
        .collect::<Result<Vec<_>, glance_engine::Error>>()?;
    let sequence = tokens
        .iter()
        .map(|tokens| tokens.ids.len())
        .max()
        .unwrap_or(0);
    let mut ids = vec![0; tokens.len() * sequence];
    for (row, tokens) in ids.chunks_exact_mut(sequence.max(1)).zip(&tokens) {
        for (to, from) in row.iter_mut().zip(&tokens.ids) {
            *to = *from as i32;
        }
    }
    let ends = tokens
        .iter()
        .map(|tokens| tokens.ids.len() as i32 - 1)
        .collect();
    Ok((sequence, ids, ends))
}

/// Options of every batch of a run.
#[derive(Clone, Copy, Debug)]
pub struct BatchOptions {
    /// Pairs per batch.
    pub pairs: usize,
    /// Pixels a side of the network's input.
    pub image_size: usize,
    /// Share of photos, 0 to 1.
    pub photo_share: f32,
}

/// Makes batches `first..` on another thread. Each has its own seed, so a resumed run gets the same
/// batches as an uninterrupted one.
pub fn prefetch(
    dataset: Arc<Dataset>,
    tokenizer: Tokenizer,
    options: BatchOptions,
    first: u64,
) -> Receiver<Result<Batch, glance_engine::Error>> {
    let (sender, receiver) = sync_channel(2);
    thread::spawn(move || {
        for index in first.. {
            let batch = make(&dataset, &tokenizer, options, index);
            let failed = batch.is_err();
            if sender.send(batch).is_err() || failed {
                break;
            }
        }
    });
    receiver
}

fn make(
    dataset: &Dataset,
    tokenizer: &Tokenizer,
    options: BatchOptions,
    index: u64,
) -> Result<Batch, glance_engine::Error> {
    let mut rng = SmallRng::seed_from_u64(index);
    let chosen = dataset.batch(options.pairs, options.photo_share, &mut rng);
    let preprocessing = Preprocessing::default();
    let mut pixels = Vec::with_capacity(chosen.len() * options.image_size.pow(2) * 3);
    let mut captions = Vec::with_capacity(chosen.len());
    for &index in &chosen {
        let view = dataset.view(index, options.image_size, &mut rng);
        pixels.extend(normalise(&view, &preprocessing));
        captions.push(caption(&dataset.train[index], &mut rng));
    }
    let concept = |row: usize| dataset.train[chosen[row]].concept;
    let alike = (0..chosen.len())
        .flat_map(|row| (0..chosen.len()).map(move |column| (row, column)))
        .map(|(row, column)| {
            row != column && (concept(row) == concept(column) || captions[row] == captions[column])
        })
        .collect();
    let (sequence, ids, ends) = pad(&captions, tokenizer)?;
    Ok(Batch {
        pairs: chosen.len(),
        image_size: options.image_size,
        pixels,
        sequence,
        ids,
        ends,
        alike,
    })
}
