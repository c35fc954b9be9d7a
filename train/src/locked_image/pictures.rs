//! Every picture of a run and its views: a plain one to be judged by, random ones to learn from.

use std::sync::Arc;

use glance_engine::Picture;
use glance_engine::weights::Preprocessing;
use image::GenericImageView;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::batch::normalise;
use crate::data::{Dataset, Library, Raster, augment_over, augment_photo, plain};
use crate::error::DataError;

/// What a picture is, which decides the names that it competes with.
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
    /// Never learnt from.
    pub held_out: bool,
    /// Views beside the plain one.
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

/// Random views of each drawing that is learnt from.
const DRAWING_VIEWS: usize = 4;
/// Random views of each photograph that is learnt from.
const PHOTOGRAPH_VIEWS: usize = 2;

/// All pictures, in an order that the data alone decide.
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

    /// The network's input for a view, `[size, size, 3]`. A view is the same on every run.
    ///
    /// # Errors
    /// [`DataError::Photo`] where a photograph cannot be decoded.
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

    /// A small photograph that may lie behind a drawing.
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
