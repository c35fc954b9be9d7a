//! Reads the checkpoints that people already have.
//!
//! | Layout | Weights | Configuration |
//! |---|---|---|
//! | Hugging Face `CLIPModel` | safetensors, also in parts; PyTorch archives | `config.json` |
//! | open_clip | the same | `open_clip_config.json` |
//! | OpenAI's own archives (TorchScript) | `.pt` | in the archive |
//!
//! Sizes come from the tensors' shapes, the rest from the configuration, and nothing from a name.
//! Tensors are read, converted and written one at a time, large ones a few rows at a time. So
//! memory stays below the pack's size plus the largest tensor's. Nothing in a checkpoint is
//! executed.

use std::collections::BTreeSet;

use crate::config::ClipConfig;
use crate::image::Preprocessing;
use crate::text::{LEGACY_END, Tokenizer};
use crate::weights::error::WeightsError;
use crate::weights::pack::Pack;
use crate::weights::pack_header::TokenizerData;
use crate::weights::pack_writer::PackWriter;
use crate::weights::quantize::WeightType;

mod conversion;
mod files;
#[cfg(not(target_arch = "wasm32"))]
mod folder;
mod layout;
mod one_folder;
mod pytorch;
mod safetensors;
mod tensors;
mod tokenizer;
mod weight_files;
mod wrappers;
mod zip_archive;

pub use conversion::Progress;
pub use files::{CheckpointFiles, FileEntry, is_weights};
#[cfg(not(target_arch = "wasm32"))]
pub use folder::Folder;
pub use layout::efficientnet_lite::{EfficientnetLiteCheckpoint, PackedLayer};
#[cfg(target_arch = "wasm32")]
pub(crate) use one_folder::one_folder;

use conversion::{Conversion, LOGIT_SCALE};
use files::{read_small, size_of};
use layout::open_clip::OpenClipConfig;
use layout::{hugging_face, openai, other_models};
use tensors::Tensors;

/// An opened checkpoint: its network is known, but its weights are not read yet.
pub struct Checkpoint<F> {
    files: F,
    tensors: Tensors,
    layout: Layout,
    config: ClipConfig,
    preprocessing: Preprocessing,
}

#[derive(Clone, Copy)]
enum Layout {
    HuggingFace { eos_token_id: u32 },
    OpenAi,
}

/// The data of a checkpoint's tokenizer.
enum Vocabulary {
    HuggingFace { json: Vec<u8>, eos_token_id: u32 },
    OpenAi { merges: String },
}

impl<F: CheckpointFiles> Checkpoint<F> {
    /// Reads a checkpoint's metadata: the tensors' names, types and shapes, and the configuration.
    ///
    /// # Errors
    /// [`WeightsError::Checkpoint`] if it is no CLIP that this engine runs, and those of
    /// [`CheckpointFiles::read`].
    pub async fn open(files: F) -> Result<Self, WeightsError> {
        let tensors = weight_files::tensors(&files).await?;
        let open_clip = read_small(&files, "open_clip_config.json").await?;
        let config = read_small(&files, "config.json").await?;
        // serde would take a list for a list of fields.
        let is_object = |json: &Vec<u8>| json.trim_ascii_start().starts_with(b"{");
        for (name, json) in [
            ("open_clip_config.json", &open_clip),
            ("config.json", &config),
        ] {
            if json.as_ref().is_some_and(|json| !is_object(json)) {
                return Err(WeightsError::Checkpoint(format!(
                    "its {name} is no JSON object; fetch it again"
                )));
            }
        }
        other_models::refuse(&tensors, open_clip.as_deref(), config.as_deref())?;
        let refuse = |reason: &str| WeightsError::Checkpoint(reason.to_owned());
        let (layout, config, preprocessing) = if hugging_face::is_layout_of(&tensors) {
            let json = config.ok_or_else(|| refuse("it holds no config.json"))?;
            let (config, eos_token_id) = hugging_face::config(&tensors, &json)?;
            let size = config.vision.image_size();
            let preprocessing = hugging_face::preprocessing(&files, size).await?;
            (Layout::HuggingFace { eos_token_id }, config, preprocessing)
        } else if openai::is_layout_of(&tensors) {
            let open_clip = open_clip
                .map(|json| OpenClipConfig::parse(&json))
                .transpose()?;
            if open_clip.is_none() && !openai::is_openai(&tensors) {
                return Err(refuse(
                    "its activation is in open_clip_config.json, which it does not hold",
                ));
            }
            let config = openai::config(&tensors, open_clip.as_ref())?;
            let preprocessing = match &open_clip {
                Some(open_clip) => open_clip.preprocessing()?,
                None => Preprocessing::openai(),
            };
            (Layout::OpenAi, config, preprocessing)
        } else if let Some((network, beside)) = wrappers::beside_network(&tensors) {
            return Err(WeightsError::Checkpoint(format!(
                "beside its network at {} it holds {beside}, which CLIP has no place for; save the \
                 network alone",
                network.trim_end_matches('.')
            )));
        } else {
            return Err(refuse(
                "its tensors are those of no CLIP that this version knows",
            ));
        };
        config.validate()?;
        Ok(Self {
            files,
            tensors,
            layout,
            config,
            preprocessing,
        })
    }

    /// The network's configuration.
    pub fn config(&self) -> &ClipConfig {
        &self.config
    }

    /// The checkpoint's files.
    pub fn files(&self) -> &F {
        &self.files
    }

    /// Names of the weight files.
    pub fn weight_files(&self) -> Vec<&str> {
        let names = self.tensors.values().map(|tensor| tensor.file.as_str());
        names.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Total size of the weight files in bytes.
    pub fn size(&self) -> u64 {
        let sizes = self.weight_files().into_iter();
        sizes.filter_map(|file| size_of(&self.files, file)).sum()
    }

    /// Number of parameters.
    pub fn parameters(&self) -> u64 {
        let sizes = self.tensors.values().map(tensors::StoredTensor::elements);
        sizes.fold(0, u64::saturating_add)
    }

    /// Checks what no shape shows: that the tokenizer fits the network, and that the logit scale is
    /// finite. Otherwise every text or every ranking would fail later.
    ///
    /// # Errors
    /// [`WeightsError::Tokenizer`] or [`WeightsError::NotFinite`], and those of
    /// [`CheckpointFiles::read`].
    pub async fn check(&self) -> Result<(), WeightsError> {
        self.vocabulary().await?;
        self.check_logit_scale().await
    }

    /// Reads the vocabulary and checks that it makes a tokenizer.
    async fn vocabulary(&self) -> Result<Vocabulary, WeightsError> {
        let text = &self.config.text;
        match self.layout {
            Layout::HuggingFace { eos_token_id } => {
                let json = tokenizer::hugging_face(&self.files, text.vocabulary_size).await?;
                let tokenizer = Tokenizer::hugging_face(&json, eos_token_id, text)?;
                check_end(&tokenizer, eos_token_id)?;
                Ok(Vocabulary::HuggingFace { json, eos_token_id })
            }
            Layout::OpenAi => {
                let merges = tokenizer::merges(&self.files, text.vocabulary_size).await?;
                Tokenizer::new(&merges, text)?;
                Ok(Vocabulary::OpenAi { merges })
            }
        }
    }

    async fn check_logit_scale(&self) -> Result<(), WeightsError> {
        let (name, tensor) = self
            .tensors
            .get_key_value(LOGIT_SCALE)
            .ok_or_else(|| WeightsError::Missing(LOGIT_SCALE.to_owned()))?;
        let values = tensor.open(name, &self.files).await?.read().await?;
        // Minus infinity would make every ranking a draw.
        let usable = |value: &f32| value.is_finite() && value.exp().is_finite();
        match values.iter().all(usable) {
            true => Ok(()),
            false => Err(WeightsError::NotFinite(LOGIT_SCALE.to_owned())),
        }
    }

    /// Reads the weights and writes a pack with matrices in `weight_type`. Batch normalisation is
    /// folded into the convolutions.
    ///
    /// # Errors
    /// Those of tensors that are missing, have the wrong shape or are not finite, and those of
    /// [`CheckpointFiles::read`].
    pub async fn pack(
        &self,
        name: &str,
        license: Option<&str>,
        weight_type: WeightType,
        mut progress: impl FnMut(Progress),
    ) -> Result<Pack, WeightsError> {
        let vocabulary = self.vocabulary().await?;
        self.check_logit_scale().await?;
        let tokenizer = match &vocabulary {
            Vocabulary::HuggingFace { json, eos_token_id } => TokenizerData::HuggingFace {
                json,
                eos_token_id: *eos_token_id,
            },
            Vocabulary::OpenAi { merges } => TokenizerData::ClipBpe { merges },
        };
        let writer = PackWriter::new(
            name,
            license,
            self.config.clone(),
            self.preprocessing.clone(),
            tokenizer,
            weight_type,
        );
        let mut conversion = Conversion::new(&self.files, &self.tensors, writer, &mut progress)?;
        let writer = match self.layout {
            Layout::HuggingFace { .. } => {
                hugging_face::convert(&mut conversion, &self.config).await?;
                conversion.finish(hugging_face::is_ignored)?
            }
            Layout::OpenAi => {
                openai::convert(&mut conversion, &self.config).await?;
                conversion.finish(openai::is_ignored)?
            }
        };
        writer.finish()
    }
}

/// Checks that every text ends with the token that is pooled. Otherwise all would get the embedding
/// of their start token.
fn check_end(tokenizer: &Tokenizer, eos_token_id: u32) -> Result<(), WeightsError> {
    let Some(end) = tokenizer
        .sequence("")
        .ok()
        .and_then(|ids| ids.last().copied())
    else {
        return Ok(());
    };
    match eos_token_id == LEGACY_END || eos_token_id == end {
        true => Ok(()),
        false => Err(WeightsError::Checkpoint(format!(
            "its texts end with the token {end}, but its configuration expects {eos_token_id}"
        ))),
    }
}
