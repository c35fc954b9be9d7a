//! Drawings and small photos, split into training and held out.

use std::collections::{HashMap, HashSet};
use std::env;
use std::path::{Path, PathBuf};

use rand::Rng;

use super::augment::{augment_over, augment_photo};
use super::drawings::{self, Drawn, SetReport};
use super::example::Example;
use super::photos::{self, Photo};
use super::raster::Raster;
use crate::error::DataError;

/// Where pictures are cached, and which photos to add.
#[derive(Debug, Clone, Default)]
pub struct DataOptions {
    /// Folder for fetched packages and drawn pictures; `None` is
    /// `$XDG_CACHE_HOME/glance/train`, or that under `~/.cache`.
    pub cache: Option<PathBuf>,
    /// CIFAR-10's training photos as a zip of ten class folders of JPEG files.
    pub photos: Option<PathBuf>,
}

/// Drawings and small photos, for training and held out.
#[derive(Debug)]
pub struct Dataset {
    /// The name of each concept, all different.
    pub concepts: Vec<String>,
    /// Drawings first, then photos.
    pub train: Vec<Example>,
    /// Twemoji, which training never sees: one picture of each name that training knows.
    pub held_out_emoji: Vec<Example>,
    /// Photos that training never sees, 500 of each class.
    pub held_out_photos: Vec<Example>,
    /// Drawn and skipped icons of each set.
    pub reports: Vec<SetReport>,
}

impl Dataset {
    /// Reads the drawn pictures and the photos. The first call fetches and draws the pictures,
    /// which takes minutes.
    ///
    /// # Errors
    /// If a package cannot be fetched or is not the recorded one, or a file cannot be used.
    pub fn load(options: &DataOptions) -> Result<Self, DataError> {
        let folder = match &options.cache {
            Some(folder) => folder.clone(),
            None => default_cache()?,
        };
        let (drawn, reports) = drawings::load(&folder)?;
        let photos = match &options.photos {
            Some(path) => photos::read(path)?,
            None => Vec::new(),
        };
        Ok(Self::assemble(drawn, photos, reports))
    }

    pub(super) fn assemble(drawn: Vec<Drawn>, photos: Vec<Photo>, reports: Vec<SetReport>) -> Self {
        let mut concepts = Concepts::default();
        let (held_out_emoji, train): (Vec<_>, Vec<_>) =
            drawn.into_iter().partition(|picture| picture.held_out);
        let mut train: Vec<Example> = train
            .into_iter()
            .map(
                |Drawn {
                     phrases,
                     raster,
                     share_alike,
                     ..
                 }| Example {
                    share_alike,
                    ..concepts.example(phrases, raster, false)
                },
            )
            .collect();
        let (held_out_photos, learnt): (Vec<_>, Vec<_>) =
            photos.into_iter().partition(|photo| photo.held_out);
        let mut photo = |photo: Photo| concepts.example(photo.phrases, photo.raster, true);
        train.extend(learnt.into_iter().map(&mut photo));
        let held_out_photos = held_out_photos.into_iter().map(photo).collect();
        let mut judged = HashSet::new();
        let held_out_emoji = held_out_emoji
            .into_iter()
            .filter_map(
                |Drawn {
                     phrases, raster, ..
                 }| {
                    let concept = *concepts.by_name.get(phrases.first()?)?;
                    judged.insert(concept).then_some(Example {
                        concept,
                        raster,
                        phrases,
                        photo: false,
                        share_alike: false,
                    })
                },
            )
            .collect();
        Self {
            concepts: concepts.names,
            train,
            held_out_emoji,
            held_out_photos,
            reports,
        }
    }

    /// Indices into `train` for one batch, all different: about `photo_share` of them photos if
    /// there are any, the rest drawings. Fewer than `size` only if there are not enough pictures.
    pub fn batch(&self, size: usize, photo_share: f32, rng: &mut impl Rng) -> Vec<usize> {
        let drawings = self.drawings();
        let photos = self.train.len() - drawings;
        let of_photos = ((size as f32 * photo_share).round() as usize)
            .min(photos)
            .min(size);
        let of_drawings = (size - of_photos).min(drawings);
        let drawn = rand::seq::index::sample(rng, drawings, of_drawings);
        let photographed = rand::seq::index::sample(rng, photos, of_photos);
        drawn
            .into_iter()
            .chain(photographed.into_iter().map(|at| drawings + at))
            .collect()
    }

    /// A random view of a training example, as [`augment_over`] or [`augment_photo`] make it.
    /// Drawings sometimes lie on a random training photo.
    pub fn view(&self, index: usize, size: usize, rng: &mut impl Rng) -> Vec<u8> {
        let example = &self.train[index];
        if example.photo {
            return augment_photo(&example.raster, size, rng);
        }
        let drawings = self.drawings();
        let photo = (drawings < self.train.len())
            .then(|| &self.train[rng.random_range(drawings..self.train.len())].raster);
        augment_over(&example.raster, size, photo, rng)
    }

    fn drawings(&self) -> usize {
        self.train.partition_point(|example| !example.photo)
    }
}

/// Concepts in order of first appearance.
#[derive(Default)]
struct Concepts {
    names: Vec<String>,
    by_name: HashMap<String, u32>,
}

impl Concepts {
    fn example(&mut self, phrases: Vec<String>, raster: Raster, photo: bool) -> Example {
        let name = phrases.first().map(String::as_str).unwrap_or_default();
        let concept = match self.by_name.get(name) {
            Some(concept) => *concept,
            None => {
                let concept = self.names.len() as u32;
                self.names.push(name.to_owned());
                self.by_name.insert(name.to_owned(), concept);
                concept
            }
        };
        Example {
            concept,
            raster,
            phrases,
            photo,
            share_alike: false,
        }
    }
}

/// The cache folder for fetched packages and drawn pictures.
///
/// # Errors
/// [`DataError::NoCacheFolder`].
pub fn default_cache() -> Result<PathBuf, DataError> {
    let folder = |variable| env::var_os(variable).filter(|value| !value.is_empty());
    folder("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| folder("HOME").map(|home| Path::new(&home).join(".cache")))
        .map(|caches| caches.join("glance").join("train"))
        .ok_or(DataError::NoCacheFolder)
}
