//! The model a command runs: found, loaded, and fed in batches.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use glance_engine::text::{TextError, prompts};
use glance_engine::{Clip, DeviceKind, Embedding, Error, Pack, Ranked};

use crate::failure::Failure;
use crate::picture::{PictureFailure, prepare_all};

const DEMO_MODEL: &str = "static/models/demo.safetensors";

/// Pictures whose network input is in memory at a time.
const BATCH: usize = 64;

/// Options of every command that runs a model.
#[derive(Args)]
pub struct ModelOptions {
    /// The model: a pack [default: the demo model that comes with Glance]
    #[arg(long, value_name = "PACK")]
    model: Option<PathBuf>,
    /// Where the network runs [default: whichever is measured to be faster at this model]
    #[arg(long, value_enum)]
    device: Option<Device>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Device {
    Cpu,
    Gpu,
}

/// A loaded model.
pub struct Model {
    clip: Clip,
}

/// An encoded text.
pub struct EncodedText {
    /// Its point in the shared space.
    pub embedding: Embedding,
    /// Whether the model read only its beginning.
    pub truncated: bool,
}

impl Model {
    /// Reads the pack and moves it onto the device.
    pub fn load(options: &ModelOptions) -> Result<Self, Failure> {
        let path = options.model.clone().unwrap_or_else(demo_model);
        if !path.exists() {
            return Err(Failure::NoModel(path));
        }
        let bytes = fs::read(&path).map_err(|reason| Failure::Read {
            path: path.clone(),
            reason,
        })?;
        Self::from_pack(bytes, options.device).map_err(|reason| match reason {
            Error::Weights(_) => Failure::Model { path, reason },
            other => Failure::Engine(other),
        })
    }

    fn from_pack(bytes: Vec<u8>, device: Option<Device>) -> Result<Self, Error> {
        let pack = Pack::parse(bytes)?;
        let clip = pollster::block_on(async {
            match device {
                Some(Device::Cpu) => Clip::load(&pack, DeviceKind::Cpu).await,
                Some(Device::Gpu) => Clip::load(&pack, DeviceKind::Gpu).await,
                None => Ok(Clip::load_fastest(&pack).await?.0),
            }
        })?;
        Ok(Self { clip })
    }

    /// Encodes texts, in order; a text that is refused has its own error.
    pub fn encode_texts(
        &self,
        texts: &[String],
    ) -> Result<Vec<Result<EncodedText, TextError>>, Failure> {
        let tokens: Vec<_> = texts
            .iter()
            .map(|text| self.clip.tokenizer().encode(text))
            .collect();
        let usable: Vec<_> = tokens
            .iter()
            .filter_map(|tokens| tokens.as_ref().ok())
            .cloned()
            .collect();
        let embeddings =
            pollster::block_on(self.clip.encode_tokens(&usable)).map_err(Error::from)?;
        let mut embeddings = embeddings.into_iter();
        let encoded = tokens.into_iter().map(|tokens| {
            tokens.map(|tokens| EncodedText {
                embedding: embeddings
                    .next()
                    .expect("each usable text has an embedding"),
                truncated: tokens.truncated,
            })
        });
        Ok(encoded.collect())
    }

    /// Encodes labels in templates, in order.
    pub fn encode_labels(
        &self,
        labels: &[String],
        templates: &[String],
    ) -> Result<Vec<EncodedText>, Failure> {
        let embeddings = pollster::block_on(self.clip.encode_labels(labels, templates))?;
        let encoded = labels.iter().zip(embeddings).map(|(label, embedding)| {
            let mut truncated = false;
            for prompt in prompts(label, templates) {
                truncated |= self.clip.tokenizer().encode(&prompt)?.truncated;
            }
            Ok(EncodedText {
                embedding,
                truncated,
            })
        });
        Ok(encoded
            .collect::<Result<_, TextError>>()
            .map_err(Error::from)?)
    }

    /// Encodes picture files, in order; a picture that is refused has its own error.
    pub fn encode_pictures(
        &self,
        paths: &[PathBuf],
    ) -> Result<Vec<Result<Embedding, PictureFailure>>, Failure> {
        let size = self.clip.config().vision.image_size();
        // The network stays on this thread; only its constants go to the others.
        let preprocessing = self.clip.preprocessing();
        let mut encoded = Vec::with_capacity(paths.len());
        for paths in paths.chunks(BATCH) {
            let prepared = prepare_all(paths, |picture| picture.levels(size, preprocessing));
            let levels: Vec<u8> = prepared
                .iter()
                .filter_map(|levels| levels.as_ref().ok())
                .flatten()
                .copied()
                .collect();
            let embeddings =
                pollster::block_on(self.clip.encode_levels(&levels)).map_err(Error::from)?;
            let mut embeddings = embeddings.into_iter();
            encoded.extend(prepared.into_iter().map(|levels| {
                levels.map(|_| {
                    embeddings
                        .next()
                        .expect("each usable picture has an embedding")
                })
            }));
        }
        Ok(encoded)
    }

    /// The factor from cosine to logit.
    pub fn logit_scale(&self) -> f32 {
        self.clip.logit_scale()
    }

    /// Ranks texts for one picture, best first.
    pub fn rank(&self, picture: &Embedding, texts: &[Embedding]) -> Vec<Ranked> {
        self.clip.rank(picture, texts)
    }
}

/// The demo model beside this program, or in the source folder that it was built from.
fn demo_model() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let beside = program.ancestors().map(|folder| folder.join(DEMO_MODEL));
    let built = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(DEMO_MODEL);
    beside.skip(1).find(|path| path.exists()).unwrap_or(built)
}
