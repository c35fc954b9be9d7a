//! Every picture of a run and its views: a plain one, and random ones for training.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use glance_engine::Picture;
use glance_engine::weights::Preprocessing;
use image::GenericImageView;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

use super::tower;
use crate::batch::normalise;
use crate::data::{DataOptions, Dataset, Library, Raster, augment_over, augment_photo, plain};
use crate::error::DataError;
use crate::packages::hex;

/// Sources of pictures besides the icon sets.
#[derive(Args)]
pub struct PictureOptions {
    /// CIFAR-10's training photos: a zip of ten class folders of JPEG files.
    #[arg(long)]
    photos: Option<PathBuf>,
    /// Captioned photographs: a zip with captions.jsonl.
    #[arg(long)]
    photographs: Option<PathBuf>,
    /// A folder of your own: each subfolder is a class of pictures. May be given several times.
    #[arg(long)]
    folder: Vec<PathBuf>,
    /// Learn from share-alike drawings too, which makes the model share-alike.
    #[arg(long)]
    pub share_alike: bool,
}

impl PictureOptions {
    /// Fetches the icon sets and lists all pictures, for a network that sees `size` pixels a side.
    ///
    /// # Errors
    /// [`DataError`] if a package, an archive or a folder cannot be read.
    pub fn read(&self, size: usize, preprocessing: Preprocessing) -> Result<Pictures, DataError> {
        let dataset = Dataset::load(&DataOptions {
            cache: None,
            photos: self.photos.clone(),
        })?;
        let mut library = match &self.photographs {
            Some(path) => Library::from_archive(path)?,
            None => Library::default(),
        };
        for folder in &self.folder {
            library.add_folder(folder)?;
        }
        Ok(Pictures::new(
            Arc::new(dataset),
            Arc::new(library),
            size,
            preprocessing,
            self.share_alike,
        ))
    }
}

/// The kind of a picture. It decides the names that a picture is classified among.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An icon or emoji, among the names of drawings.
    Drawing,
    /// A photograph, among the classes of photographs.
    Photo,
    /// A photograph of 32 pixels a side, among the same classes.
    SmallPhoto,
}

/// One picture and what it shows.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Drawing or photograph.
    pub kind: Kind,
    /// The name first, then others, without article.
    pub phrases: Vec<String>,
    /// Excluded from training.
    pub held_out: bool,
    /// Number of random views.
    random_views: usize,
    image: Image,
}

#[derive(Clone, Copy, Debug)]
enum Image {
    Drawing(usize),
    HeldOutDrawing(usize),
    SmallPhoto(usize),
    HeldOutSmallPhoto(usize),
    Photograph(usize),
}

/// Random views of each training drawing.
const DRAWING_VIEWS: usize = 4;
/// Random views of each training photograph.
const PHOTOGRAPH_VIEWS: usize = 2;

/// All pictures, in an order that depends on the data alone.
pub struct Pictures {
    /// One entry a picture.
    pub subjects: Vec<Subject>,
    dataset: Arc<Dataset>,
    library: Arc<Library>,
    size: usize,
    preprocessing: Preprocessing,
}

/// A view of a picture. Number 0 is the plain one, the others are random.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Index into [`Pictures::subjects`].
    pub subject: u32,
    /// Which view of it.
    pub number: u32,
}

impl Pictures {
    /// Lists the drawings and small photographs of `dataset` and the photographs of `library`, for
    /// a network that sees `size` pixels a side.
    ///
    /// Drawings of share-alike sets are left out unless `share_alike`.
    pub fn new(
        dataset: Arc<Dataset>,
        library: Arc<Library>,
        size: usize,
        preprocessing: Preprocessing,
        share_alike: bool,
    ) -> Self {
        let mut subjects = Vec::new();
        for (index, example) in dataset.train.iter().enumerate() {
            if example.share_alike && !share_alike {
                continue;
            }
            subjects.push(match example.photo {
                true => Subject {
                    kind: Kind::SmallPhoto,
                    phrases: example.phrases.clone(),
                    held_out: false,
                    random_views: 0,
                    image: Image::SmallPhoto(index),
                },
                false => Subject {
                    kind: Kind::Drawing,
                    phrases: example.phrases.clone(),
                    held_out: false,
                    random_views: DRAWING_VIEWS,
                    image: Image::Drawing(index),
                },
            });
        }
        let held_out_drawings = dataset.held_out_emoji.iter().enumerate();
        subjects.extend(held_out_drawings.map(|(index, example)| Subject {
            kind: Kind::Drawing,
            phrases: example.phrases.clone(),
            held_out: true,
            random_views: 0,
            image: Image::HeldOutDrawing(index),
        }));
        let held_out_photos = dataset.held_out_photos.iter().enumerate();
        subjects.extend(held_out_photos.map(|(index, example)| Subject {
            kind: Kind::SmallPhoto,
            phrases: example.phrases.clone(),
            held_out: true,
            random_views: 0,
            image: Image::HeldOutSmallPhoto(index),
        }));
        let photographs = library.photographs.iter().enumerate();
        subjects.extend(photographs.map(|(index, photograph)| Subject {
            kind: Kind::Photo,
            phrases: photograph.phrases.clone(),
            held_out: photograph.held_out,
            random_views: if photograph.held_out {
                0
            } else {
                PHOTOGRAPH_VIEWS
            },
            image: Image::Photograph(index),
        }));
        Self {
            subjects,
            dataset,
            library,
            size,
            preprocessing,
        }
    }

    /// Every view of every picture: first the plain ones, in the order of the pictures.
    pub fn views(&self) -> Vec<View> {
        let most = DRAWING_VIEWS.max(PHOTOGRAPH_VIEWS);
        (0..=most)
            .flat_map(|number| {
                let subjects = self.subjects.iter().enumerate();
                subjects.filter_map(move |(subject, of)| {
                    (number <= of.random_views).then_some(View {
                        subject: subject as u32,
                        number: number as u32,
                    })
                })
            })
            .collect()
    }

    /// A hash for file names, so that features of other pictures or views are never mixed up.
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        digest.update(format!("{} {}", self.size, tower::WEIGHTS.sha256));
        for subject in &self.subjects {
            digest.update(format!("{:?} {:?};", subject.kind, subject.phrases));
        }
        digest.update(self.views().len().to_le_bytes());
        hex(&digest.finalize()[..8])
    }

    /// The network's input for a view, `[size, size, 3]`. A view is the same on every run.
    ///
    /// # Errors
    /// [`DataError::Photo`] if a photograph cannot be decoded.
    pub fn input(&self, view: View) -> Result<Vec<f32>, DataError> {
        let seed = u64::from(view.subject) << 8 | u64::from(view.number);
        let mut rng = SmallRng::seed_from_u64(seed);
        let random = view.number > 0;
        let drawing = |raster: &Raster, rng: &mut SmallRng| match random {
            true => {
                let photo = self.backdrop(rng);
                augment_over(raster, self.size, photo, rng)
            }
            false => plain(raster, self.size),
        };
        let rgb = match self.subjects[view.subject as usize].image {
            Image::Drawing(index) => drawing(&self.dataset.train[index].raster, &mut rng),
            Image::HeldOutDrawing(index) => {
                plain(&self.dataset.held_out_emoji[index].raster, self.size)
            }
            Image::SmallPhoto(index) => plain(&self.dataset.train[index].raster, self.size),
            Image::HeldOutSmallPhoto(index) => {
                plain(&self.dataset.held_out_photos[index].raster, self.size)
            }
            Image::Photograph(index) => {
                let photograph = &self.library.photographs[index];
                let problem = |reason: String| DataError::Photo {
                    file: photograph.file.clone(),
                    reason,
                };
                if !random {
                    let picture = Picture::decode(&photograph.bytes)
                        .map_err(|error| problem(error.to_string()))?;
                    return Ok(picture.prepare(self.size, &self.preprocessing));
                }
                let window = window(&photograph.bytes, &mut rng)
                    .map_err(|error| problem(error.to_string()))?;
                augment_photo(&window, self.size, &mut rng)
            }
        };
        Ok(normalise(&rgb, &self.preprocessing))
    }

    /// A random small photograph as backdrop of a drawing, if there is one.
    fn backdrop(&self, rng: &mut SmallRng) -> Option<&Raster> {
        let drawings = self.dataset.train.partition_point(|example| !example.photo);
        let photos = &self.dataset.train[drawings..];
        (!photos.is_empty()).then(|| &photos[rng.random_range(0..photos.len())].raster)
    }
}

/// A random square window of a photograph, as wide as its shorter side.
fn window(bytes: &[u8], rng: &mut SmallRng) -> Result<Raster, image::ImageError> {
    let picture = image::load_from_memory(bytes)?;
    let (width, height) = picture.dimensions();
    let side = width.min(height);
    let left = rng.random_range(0..=width - side);
    let top = rng.random_range(0..=height - side);
    Ok(Raster {
        side: side as usize,
        rgba: picture
            .crop_imm(left, top, side, side)
            .into_rgba8()
            .into_raw(),
    })
}
