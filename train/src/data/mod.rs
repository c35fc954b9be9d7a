//! Pictures and captions for training and evaluation.
//!
//! ```text
//! dataset     drawings and small photos, split into training and held out
//! drawings/   pictures from icon sets
//! photos      CIFAR-10, if its archive is given
//! library     captioned photographs, and a person's own folders
//! example     a picture and what it shows
//! captions    captions for an example
//! augment     views of a picture; uses backdrop and sampling
//! raster      a square picture in memory
//! ```

mod augment;
mod backdrop;
mod captions;
mod dataset;
mod drawings;
mod example;
mod library;
mod photos;
mod raster;
mod sampling;

pub use augment::{augment, augment_over, augment_photo, plain};
pub use captions::{caption, fill, in_a_sentence};
pub use dataset::{DataOptions, Dataset, default_cache};
pub use drawings::SetReport;
pub use example::Example;
pub use library::{Library, Photograph, without_article};
pub use raster::Raster;
