//! A loaded network with its tokenizer and preprocessing.

use std::pin::Pin;

use glance_compute::ComputeError;
use glance_compute::cpu::Cpu;
use glance_compute::gpu::Gpu;
use glance_protocol::{DeviceKind, DeviceReason, Floats, Regions};

use crate::config::ClipConfig;
use crate::device::{DeviceChoice, NoCache, find_gpu, open_fastest, open_gpu, transformer_speed};
use crate::embedding::{Embedding, Ranked};
use crate::error::Error;
use crate::image::Picture;
use crate::model::Network;
use crate::score;
use crate::text::{Tokenizer, Tokens, prompts};
use crate::weights::{PackSource, Preprocessing, TokenizerData, WeightsError};

/// A result that a device will have.
type Values = Pin<Box<dyn Future<Output = Result<Vec<f32>, ComputeError>>>>;

/// Pictures that are preprocessed at once, so that a long list needs no more memory than a short
/// one.
const PREPARED_PICTURES: usize = 16;
/// Prompts that are in memory at once, for the same reason. One label's prompts are never split.
const FILLED_PROMPTS: usize = 1024;

/// A CLIP network ready to encode.
pub struct Clip {
    network: OnDevice,
    tokenizer: Tokenizer,
    preprocessing: Preprocessing,
}

/// The same network on either device.
enum OnDevice {
    Cpu(Box<Network<Cpu>>),
    Gpu(Box<Network<Gpu>>),
}

impl Clip {
    /// Loads a pack's weights onto a device, one tensor after the other.
    ///
    /// # Errors
    /// [`Error::Weights`] if a tensor is missing or has the wrong shape, or if the pack cannot be
    /// read (a [`Pack`](crate::weights::Pack) in memory always can). [`Error::Compute`] if the
    /// device is missing or too small.
    pub async fn load(pack: &impl PackSource, device: DeviceKind) -> Result<Self, Error> {
        match device {
            DeviceKind::Cpu => {
                // The tokenizer is stored first, and the weights may still be downloading.
                let tokenizer = tokenizer_of(pack).await?;
                let network = Network::load(Cpu::new(), pack).await?;
                Ok(Self::new(OnDevice::Cpu(Box::new(network)), tokenizer, pack))
            }
            DeviceKind::Gpu => {
                let gpu = open_gpu(&pack.index().header().config).await?;
                Self::load_on(pack, gpu).await
            }
        }
    }

    /// As [`Clip::load`], on a GPU that is already open, such as one of [`Gpu::with_strategy`].
    ///
    /// # Errors
    /// As [`Clip::load`].
    pub async fn load_on(pack: &impl PackSource, gpu: Gpu) -> Result<Self, Error> {
        let tokenizer = tokenizer_of(pack).await?;
        let network = Network::load(gpu, pack).await?;
        network.compute().wait_for_uploads().await?;
        Ok(Self::new(OnDevice::Gpu(Box::new(network)), tokenizer, pack))
    }

    /// The GPU, if the network runs on one.
    pub fn gpu(&self) -> Option<&Gpu> {
        match &self.network {
            OnDevice::Cpu(_) => None,
            OnDevice::Gpu(network) => Some(network.compute()),
        }
    }

    /// Returns the GPU, if the network runs on one. The next network on it reuses its compiled
    /// kernels.
    pub fn into_gpu(self) -> Option<Gpu> {
        match self.network {
            OnDevice::Cpu(_) => None,
            OnDevice::Gpu(network) => Some(network.into_compute()),
        }
    }

    fn new(network: OnDevice, tokenizer: Tokenizer, pack: &impl PackSource) -> Self {
        Self {
            network,
            tokenizer,
            preprocessing: pack.index().header().preprocessing.clone(),
        }
    }

    /// As [`Clip::load`], on the device that is faster in a benchmark of this network, or on the
    /// CPU if the GPU fails.
    ///
    /// # Errors
    /// As [`Clip::load`].
    pub async fn load_fastest(pack: &impl PackSource) -> Result<(Self, DeviceChoice), Error> {
        let config = &pack.index().header().config;
        let (gpu, choice) = match find_gpu().await {
            Ok(adapter) => open_fastest(adapter, config, &NoCache).await,
            Err(reason) => (None, DeviceChoice::cpu(reason)),
        };
        Self::load_or_fall_back(pack, gpu, choice).await
    }

    /// Loads on an open GPU, or on the CPU without one. The CPU also replaces a GPU that fails,
    /// unless it was chosen explicitly.
    pub(crate) async fn load_or_fall_back(
        pack: &impl PackSource,
        gpu: Option<Gpu>,
        choice: DeviceChoice,
    ) -> Result<(Self, DeviceChoice), Error> {
        let loaded = match gpu {
            None => Self::load(pack, DeviceKind::Cpu).await,
            Some(gpu) => Self::load_on(pack, gpu).await,
        };
        match loaded {
            Err(Error::Compute(reason)) if choice.reason != DeviceReason::Chosen => {
                log::warn!("{reason}");
                let choice = DeviceChoice::cpu(DeviceReason::GpuFailed);
                Ok((Self::load(pack, DeviceKind::Cpu).await?, choice))
            }
            clip => Ok((clip?, choice)),
        }
    }

    /// The device that the network runs on.
    pub fn device(&self) -> DeviceKind {
        match self.network {
            OnDevice::Cpu(_) => DeviceKind::Cpu,
            OnDevice::Gpu(_) => DeviceKind::Gpu,
        }
    }

    /// The network's shape.
    pub fn config(&self) -> &ClipConfig {
        match &self.network {
            OnDevice::Cpu(network) => network.config(),
            OnDevice::Gpu(network) => network.config(),
        }
    }

    /// `exp` of the learned temperature, the factor from cosine to logit.
    pub fn logit_scale(&self) -> f32 {
        match &self.network {
            OnDevice::Cpu(network) => network.logit_scale(),
            OnDevice::Gpu(network) => network.logit_scale(),
        }
    }

    /// Multiply-adds a second of a vision transformer where this network runs, one picture at a time.
    ///
    /// # Errors
    /// Those of [`glance_compute::Compute::read`], or [`ComputeError::OutOfMemory`].
    pub async fn transformer_speed(&self) -> Result<f64, ComputeError> {
        match &self.network {
            OnDevice::Cpu(_) => transformer_speed(None).await,
            OnDevice::Gpu(network) => transformer_speed(Some(network.compute())).await,
        }
    }

    /// How pictures are preprocessed.
    pub fn preprocessing(&self) -> &Preprocessing {
        &self.preprocessing
    }

    /// The network's tokenizer.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// Encodes pictures, in order. Long lists run in batches that fit the device.
    ///
    /// # Errors
    /// [`Error::Compute`].
    pub async fn encode_images(&self, pictures: &[Picture]) -> Result<Vec<Embedding>, Error> {
        let mut embeddings = Vec::with_capacity(pictures.len());
        for pictures in pictures.chunks(PREPARED_PICTURES) {
            let prepared = pictures.iter().map(|picture| self.levels(picture));
            let levels: Vec<u8> = prepared.flatten().collect();
            embeddings.extend(self.encode_levels(&levels).await?);
        }
        Ok(embeddings)
    }

    /// Preprocesses a picture to the levels that [`Clip::encode_levels`] takes.
    pub fn levels(&self, picture: &Picture) -> Vec<u8> {
        picture.levels(self.config().vision.image_size(), &self.preprocessing)
    }

    /// Encodes texts, in order. Texts longer than the context are cut.
    ///
    /// # Errors
    /// [`Error::Text`] or [`Error::Compute`].
    pub async fn encode_texts<S: AsRef<str>>(&self, texts: &[S]) -> Result<Vec<Embedding>, Error> {
        let tokens = texts
            .iter()
            .map(|text| self.tokenizer.encode(text.as_ref()))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(self.encode_tokens(&tokens).await?)
    }

    /// Encodes labels, in order. A label is put into every template, and its embedding is the
    /// [`score::ensemble`] of these prompts (paper section 3.1.4). One template gives the embedding
    /// of the filled template, and no template that of the label alone.
    ///
    /// # Errors
    /// As [`Clip::encode_texts`].
    pub async fn encode_labels<L: AsRef<str>, T: AsRef<str>>(
        &self,
        labels: &[L],
        templates: &[T],
    ) -> Result<Vec<Embedding>, Error> {
        let each = templates.len().max(1);
        let mut embeddings = Vec::with_capacity(labels.len());
        for labels in labels.chunks((FILLED_PROMPTS / each).max(1)) {
            let prompts: Vec<String> = labels
                .iter()
                .flat_map(|label| prompts(label.as_ref(), templates))
                .collect();
            let encoded = self.encode_texts(&prompts).await?;
            embeddings.extend(encoded.chunks_exact(each).map(score::ensemble));
        }
        Ok(embeddings)
    }

    /// Encodes preprocessed pictures: `[batch, size, size, 3]`, normalised, red first, as
    /// [`Picture::prepare`] returns them. Values after the last whole picture are ignored.
    ///
    /// # Errors
    /// Those of [`glance_compute::Compute::read`].
    pub async fn encode_pixels(&self, pixels: &[f32]) -> Result<Vec<Embedding>, ComputeError> {
        let values = match &self.network {
            OnDevice::Cpu(network) => network.encode_pixels(pixels).await?,
            OnDevice::Gpu(network) => network.encode_pixels(pixels).await?,
        };
        Ok(self.embeddings(&values))
    }

    /// Encodes preprocessed pictures before normalisation: `[batch, size, size, 3]`, red first, as
    /// [`Clip::levels`] returns them. The device normalises them, with the same result.
    ///
    /// # Errors
    /// Those of [`glance_compute::Compute::read`].
    pub async fn encode_levels(&self, levels: &[u8]) -> Result<Vec<Embedding>, ComputeError> {
        let table = self.preprocessing.table();
        let values = match &self.network {
            OnDevice::Cpu(network) => network.encode_levels(levels, &table).await?,
            OnDevice::Gpu(network) => network.encode_levels(levels, &table).await?,
        };
        Ok(self.embeddings(&values))
    }

    /// As [`Clip::encode_levels`], but the pictures are submitted at once, and the future needs no
    /// network. So the next pictures can be prepared and submitted while the GPU runs these. On the
    /// CPU they are encoded before this returns. The caller bounds the number of pictures.
    ///
    /// # Errors
    /// Those of [`glance_compute::Compute::submit`].
    pub fn submit_levels(
        &self,
        levels: &[u8],
    ) -> impl Future<Output = Result<Vec<Embedding>, ComputeError>> + use<> {
        let table = self.preprocessing.table();
        let width = self.config().projection;
        let values: Values = match &self.network {
            OnDevice::Cpu(network) => Box::pin(network.submit_levels(levels, &table)),
            OnDevice::Gpu(network) => Box::pin(network.submit_levels(levels, &table)),
        };
        async move { Ok(embeddings(&values.await?, width)) }
    }

    /// Encodes token sequences, each of 1 to `context_length` ids of the vocabulary. The last token
    /// is pooled.
    ///
    /// # Errors
    /// Those of [`glance_compute::Compute::read`].
    ///
    /// # Panics
    /// If a sequence is empty or too long, or an id is not in the vocabulary. This network's
    /// tokenizer never returns such a sequence.
    pub async fn encode_tokens(&self, texts: &[Tokens]) -> Result<Vec<Embedding>, ComputeError> {
        let text = &self.config().text;
        for Tokens { ids, .. } in texts {
            assert!(
                (1..=text.context_length).contains(&ids.len()),
                "{} tokens",
                ids.len()
            );
            assert!(
                ids.iter().all(|id| (*id as usize) < text.vocabulary_size),
                "a foreign token"
            );
        }
        let values = match &self.network {
            OnDevice::Cpu(network) => network.encode_tokens(texts).await?,
            OnDevice::Gpu(network) => network.encode_tokens(texts).await?,
        };
        Ok(self.embeddings(&values))
    }

    /// Encodes the regions of one preprocessed picture, row by row, with as many rows as columns:
    /// `[size, size, 3]` as for [`Clip::encode_pixels`], but with the size of
    /// [`VisionConfig::regions_size`](crate::VisionConfig::regions_size). Values after it are ignored.
    ///
    /// # Errors
    /// Those of [`glance_compute::Compute::read`].
    pub async fn encode_regions(&self, pixels: &[f32]) -> Result<Vec<Embedding>, ComputeError> {
        let values = match &self.network {
            OnDevice::Cpu(network) => network.encode_regions(pixels).await?,
            OnDevice::Gpu(network) => network.encode_regions(pixels).await?,
        };
        Ok(self.embeddings(&values))
    }

    /// Where a label is seen in a picture: [`score::region_scores`] of a grid over the square that the
    /// network sees, which may be a part of the picture ([`Regions::square`]). `others` are the labels
    /// that compete with it.
    ///
    /// # Errors
    /// [`Error::Compute`].
    pub async fn regions(
        &self,
        picture: &Picture,
        label: &Embedding,
        others: &[Embedding],
    ) -> Result<Regions, Error> {
        let vision = &self.config().vision;
        let size = vision.regions_size();
        let factor = size / vision.image_size();
        let preprocessing = self.preprocessing.enlarged(factor as u32);
        let pixels = picture.prepare(size, &preprocessing);
        let regions = self.encode_regions(&pixels).await?;
        let side = regions.len().isqrt() as u32;
        Ok(Regions {
            rows: side,
            columns: side,
            scores: Floats(score::region_scores(&regions, label, others)),
            square: picture.square(size, &preprocessing),
        })
    }

    /// Ranks labels for each picture, best first. Each label is put into the templates: one, or an
    /// ensemble such as [`crate::text::imagenet_80_templates`].
    ///
    /// # Errors
    /// As [`Clip::encode_images`] and [`Clip::encode_texts`].
    pub async fn classify<L: AsRef<str>, T: AsRef<str>>(
        &self,
        pictures: &[Picture],
        labels: &[L],
        templates: &[T],
    ) -> Result<Vec<Vec<Ranked>>, Error> {
        let texts = self.encode_labels(labels, templates).await?;
        let images = self.encode_images(pictures).await?;
        Ok(images
            .iter()
            .map(|image| self.rank(image, &texts))
            .collect())
    }

    /// Ranks texts for one picture, best first.
    pub fn rank(&self, image: &Embedding, texts: &[Embedding]) -> Vec<Ranked> {
        let cosines = score::cosines(image, texts);
        let probabilities = score::probabilities(&cosines, self.logit_scale());
        let order = score::top_k(&cosines, cosines.len()).into_iter();
        let ranked = |label: usize| Ranked {
            label,
            probability: probabilities[label],
            cosine: cosines[label],
        };
        order.map(ranked).collect()
    }

    /// Cosines of every picture (rows) with every text (columns).
    pub fn similarity(images: &[Embedding], texts: &[Embedding]) -> Vec<Vec<f32>> {
        images
            .iter()
            .map(|image| score::cosines(image, texts))
            .collect()
    }

    fn embeddings(&self, values: &[f32]) -> Vec<Embedding> {
        embeddings(values, self.config().projection)
    }
}

/// `[batch, width]` to one embedding a row.
fn embeddings(values: &[f32], width: usize) -> Vec<Embedding> {
    let rows = values.chunks_exact(width);
    rows.map(|row| Embedding(row.to_vec())).collect()
}

/// Builds the tokenizer of a pack.
async fn tokenizer_of(pack: &impl PackSource) -> Result<Tokenizer, Error> {
    let index = pack.index();
    let config = &index.header().config.text;
    let bytes = pack.read(index.tokenizer()?).await?;
    let tokenizer = match index.tokenizer_data(&bytes)? {
        TokenizerData::ClipBpe { merges } => Tokenizer::new(merges, config),
        TokenizerData::HuggingFace { json, eos_token_id } => {
            Tokenizer::hugging_face(json, eos_token_id, config)
        }
    };
    Ok(tokenizer.map_err(WeightsError::from)?)
}
