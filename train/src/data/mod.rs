//! The pictures and captions that the demo model learns from, and those it is judged by.
//!
//! Drawn pictures come from openly licensed icon sets (`DATA.md` lists them), one vendor of which
//! is held out whole; photos, where an archive is given, from CIFAR-10.

mod augment;
mod backdrop;
mod cache;
mod captions;
mod error;
mod icons;
mod library;
mod names;
mod photos;
mod sampling;
mod sources;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    env,
    path::{Path, PathBuf},
};

use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::{
    augment::{augment, augment_over, augment_photo, plain},
    captions::{caption, fill, in_a_sentence},
    error::DataError,
    library::{Library, Photograph, without_article},
};
use self::{
    cache::Drawn,
    icons::Icons,
    names::Names,
    sources::{ICON_SETS, IconSet, NAMES},
};
use crate::packages;

/// Drawn pictures have this many pixels a side: more than the network trained from nothing sees, fewer
/// than the locked tower, to which they look a little blurred.
const SIDE: usize = 160;
/// Raised when drawing or naming changes, so that older drawings on disk are not used.
const EDITION: u32 = 4;

/// A square picture of `side` × `side` pixels: RGBA, 8 bit, colours not multiplied by alpha, row
/// by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    /// Pixels a side, at least one.
    pub side: usize,
    /// `side * side * 4` bytes.
    pub rgba: Vec<u8>,
}

/// A picture and what it shows.
#[derive(Debug, Clone)]
pub struct Example {
    /// Index into [`Dataset::concepts`]; the same name is the same concept whoever drew it.
    pub concept: u32,
    /// The picture.
    pub raster: Raster,
    /// The name first, then keywords; lower case.
    pub phrases: Vec<String>,
    /// A photo rather than a drawing.
    pub photo: bool,
    /// Of a set whose licence asks that what is made from it is shared under the same licence.
    pub share_alike: bool,
}

/// What became of an icon set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetReport {
    /// The npm package.
    pub package: String,
    /// Its licence (SPDX).
    pub license: String,
    /// Pictures drawn and kept.
    pub drawn: usize,
    /// Left out: variants by skin tone.
    pub skin_tones: usize,
    /// Left out: renamed or withdrawn icons.
    pub hidden: usize,
    /// Left out: all but the same as the held-out set's.
    pub lookalikes: usize,
    /// Left out: no name that means something.
    pub unnamed: usize,
    /// Left out: failed to draw, or all but empty.
    pub empty: usize,
}

/// Where the pictures are kept and which photos to add.
#[derive(Debug, Clone, Default)]
pub struct DataOptions {
    /// Folder for fetched packages and drawn pictures; `None` is
    /// `$XDG_CACHE_HOME/glance/train`, or that under `~/.cache`.
    pub cache: Option<PathBuf>,
    /// CIFAR-10's training photos as a zip of ten class folders of JPEG files.
    pub photos: Option<PathBuf>,
}

/// Everything to learn from and to be judged by.
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
    /// What became of each icon set.
    pub reports: Vec<SetReport>,
}

impl Dataset {
    /// Reads the drawn pictures, having fetched and drawn them if this was not done before
    /// (minutes), and the photos.
    ///
    /// # Errors
    /// When a package cannot be fetched or is not the recorded one, or a file cannot be used.
    pub fn load(options: &DataOptions) -> Result<Self, DataError> {
        let folder = match &options.cache {
            Some(folder) => folder.clone(),
            None => default_cache()?,
        };
        let path = folder.join(format!("pictures-{}.bin", fingerprint()));
        if !path.exists() {
            let (drawn, reports) = draw_sets(&folder)?;
            cache::write(&path, &drawn, &reports)?;
        }
        let (drawn, reports) = cache::read(&path)?;
        let photos = match &options.photos {
            Some(path) => photos::read(path)?,
            None => Vec::new(),
        };
        Ok(Self::assemble(drawn, photos, reports))
    }

    fn assemble(drawn: Vec<Drawn>, photos: Vec<photos::Photo>, reports: Vec<SetReport>) -> Self {
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
        let mut photo = |photo: photos::Photo| concepts.example(photo.phrases, photo.raster, true);
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

    /// Indices into `train` for one batch, all different: about `photo_share` of them photos
    /// where there are any, the rest drawings. Fewer than `size` only where the data are.
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

    /// A random view of a training example, as [`augment_over`] or [`augment_photo`] make it;
    /// drawings lie on a random training photo at times.
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

/// Concepts in the order in which they are first met.
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

pub(crate) fn default_cache() -> Result<PathBuf, DataError> {
    let folder = |variable| env::var_os(variable).filter(|value| !value.is_empty());
    folder("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| folder("HOME").map(|home| Path::new(&home).join(".cache")))
        .map(|caches| caches.join("glance").join("train"))
        .ok_or(DataError::NoCacheFolder)
}

/// Changes with everything that the drawn pictures depend on.
fn fingerprint() -> String {
    let inputs = format!("{EDITION} {SIDE} {NAMES:?} {ICON_SETS:?}");
    packages::hex(&Sha256::digest(inputs)[..8])
}

fn draw_sets(folder: &Path) -> Result<(Vec<Drawn>, Vec<SetReport>), DataError> {
    let files = packages::fetch(&NAMES, folder, &names::FILES)?;
    let mut names = Names::read(NAMES.name, &files)?;
    let sets: Vec<(&IconSet, Icons)> = ICON_SETS
        .iter()
        .map(|set| {
            let files = packages::fetch(&set.package, folder, &icons::FILES)?;
            Ok((set, Icons::read(set.package.name, &files)?))
        })
        .collect::<Result<_, DataError>>()?;
    Ok(draw_all(&sets, &mut names))
}

fn draw_all(sets: &[(&IconSet, Icons)], names: &mut Names) -> (Vec<Drawn>, Vec<SetReport>) {
    for (_, icons) in sets {
        icons.teach(names);
    }
    let toned: HashSet<&str> = sets.iter().flat_map(|(_, icons)| icons.toned()).collect();
    let mut drawn = Vec::new();
    let mut reports = Vec::new();
    for (set, icons) in sets {
        let chosen = icons.choose(set, names, &|icon| toned.contains(icon));
        let icons = chosen.icons.len();
        let before = drawn.len();
        drawn.par_extend(chosen.icons.into_par_iter().filter_map(|icon| {
            let raster = icons::draw(&icon.svg, SIDE)?;
            Some(Drawn {
                phrases: icon.phrases,
                held_out: set.held_out,
                share_alike: set.license.contains("-SA-"),
                raster,
            })
        }));
        let kept = drawn.len() - before;
        reports.push(SetReport {
            package: set.package.name.to_owned(),
            license: set.license.to_owned(),
            drawn: kept,
            skin_tones: chosen.skin_tones,
            hidden: chosen.hidden,
            lookalikes: chosen.lookalikes,
            unnamed: chosen.unnamed,
            empty: icons - kept,
        });
    }
    (drawn, reports)
}
