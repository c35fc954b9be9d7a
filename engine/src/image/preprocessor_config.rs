//! The descriptions of preparation that checkpoints come with: `preprocessor_config.json` of
//! Hugging Face's transformers, and `preprocess_cfg` in open_clip's configuration.

use serde::Deserialize;
use serde_json::Value;

use super::preprocessing::{
    Centering, Conversion, Filter, Preprocessing, PreprocessingError, Resize,
};

/// The side that transformers' `CLIPImageProcessor` takes where a file names none.
const DEFAULT_SIDE: u32 = 224;

impl Preprocessing {
    /// Reads a `preprocessor_config.json` as `CLIPImageProcessor` of transformers 5 does, those of
    /// its predecessor `CLIPFeatureExtractor` included, or a `processor_config.json` that holds
    /// one, for a network that takes `image_size` × `image_size` pixels.
    ///
    /// # Errors
    /// [`PreprocessingError`]: no such description, one of another processor, a value that cannot
    /// be followed, or pictures that would not fit the network.
    pub fn from_hugging_face(bytes: &[u8], image_size: usize) -> Result<Self, PreprocessingError> {
        let mut value: Value = serde_json::from_slice(bytes).map_err(unreadable)?;
        if let Some(nested) = value.get_mut("image_processor") {
            value = nested.take();
        }
        let found: HuggingFace = serde_json::from_value(value).map_err(unreadable)?;
        found.known_processor()?;
        let default = Self::default();
        let resize = found.resize()?;
        found.fits(&resize, image_size)?;
        let unit = match (found.do_rescale.unwrap_or(true), found.rescale_factor) {
            (true, Some(factor)) => (1.0 / factor) as f32,
            (true, None) => default.unit,
            (false, _) => 1.0,
        };
        let (mean, deviation) = match found.do_normalize.unwrap_or(true) {
            true => (
                found.image_mean.map_or(default.mean, PerChannel::values),
                found
                    .image_std
                    .map_or(default.deviation, PerChannel::values),
            ),
            false => ([0.0; 3], [1.0; 3]),
        };
        let read = Self {
            resize,
            filter: filter(found.resample)?,
            centering: Centering::Down,
            fill: [0; 3],
            conversion: Conversion::OnWhite,
            unit,
            mean,
            deviation,
        };
        read.validate().map(|()| read)
    }

    /// Reads the value of `preprocess_cfg` in `open_clip_config.json`, as open_clip's
    /// `image_transform` for inference does. Its `size` does not count: open_clip itself puts the
    /// network's in its place.
    ///
    /// # Errors
    /// [`PreprocessingError`]: no such description, or a value that cannot be followed.
    pub fn from_open_clip(preprocess_cfg: &Value) -> Result<Self, PreprocessingError> {
        let found = OpenClip::deserialize(preprocess_cfg).map_err(unreadable)?;
        let default = Self::default();
        if let Some(mode) = found.mode.filter(|mode| mode != "RGB") {
            return Err(unknown("mode", mode));
        }
        let resize = match found.resize_mode.as_deref() {
            None | Some("shortest") => Resize::ShortestSide { side: None },
            Some("longest") => Resize::LongestSide,
            Some("squash") => Resize::Exact { sides: None },
            Some(other) => return Err(unknown("resize_mode", other)),
        };
        let filter = match found.interpolation.as_deref() {
            // What is random in training is bicubic here.
            None | Some("bicubic" | "random") => Filter::Bicubic,
            Some("bilinear") => Filter::Bilinear,
            Some(other) => return Err(unknown("interpolation", other)),
        };
        let read = Self {
            resize,
            filter,
            centering: Centering::HalfToEven,
            fill: found.fill_color.map_or([0; 3], PerChannel::values),
            conversion: Conversion::AfterResize,
            unit: default.unit,
            mean: found.mean.map_or(default.mean, PerChannel::values),
            deviation: found.std.map_or(default.deviation, PerChannel::values),
        };
        read.validate().map(|()| read)
    }
}

/// `preprocessor_config.json`. A field that is null counts as missing, as in transformers.
#[derive(Deserialize)]
struct HuggingFace {
    image_processor_type: Option<String>,
    feature_extractor_type: Option<String>,
    do_resize: Option<bool>,
    size: Option<Size>,
    /// Whether a `size` of one number stands for both sides.
    default_to_square: Option<bool>,
    use_square_size: Option<bool>,
    resample: Option<u8>,
    do_center_crop: Option<bool>,
    crop_size: Option<Size>,
    do_rescale: Option<bool>,
    rescale_factor: Option<f64>,
    do_normalize: Option<bool>,
    image_mean: Option<PerChannel<f32>>,
    image_std: Option<PerChannel<f32>>,
}

/// A size as files have it.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Size {
    One(u32),
    /// Height and width.
    Pair([u32; 2]),
    Named(NamedSize),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedSize {
    height: Option<u32>,
    width: Option<u32>,
    shortest_edge: Option<u32>,
}

/// `preprocess_cfg`. What else a file may hold is for training.
#[derive(Deserialize)]
struct OpenClip {
    mode: Option<String>,
    mean: Option<PerChannel<f32>>,
    std: Option<PerChannel<f32>>,
    interpolation: Option<String>,
    resize_mode: Option<String>,
    fill_color: Option<PerChannel<u8>>,
}

/// One value for every channel, or one each.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum PerChannel<T> {
    Same(T),
    Each([T; 3]),
}

impl<T: Copy> PerChannel<T> {
    fn values(self) -> [T; 3] {
        match self {
            Self::Same(value) => [value; 3],
            Self::Each(values) => values,
        }
    }
}

impl HuggingFace {
    /// Other processors have other defaults, and steps that are not known here.
    fn known_processor(&self) -> Result<(), PreprocessingError> {
        let named = self
            .image_processor_type
            .as_ref()
            .or(self.feature_extractor_type.as_ref());
        match named.map(String::as_str) {
            None
            | Some(
                "CLIPImageProcessor"
                | "CLIPImageProcessorFast"
                | "CLIPImageProcessorPil"
                | "CLIPFeatureExtractor",
            ) => Ok(()),
            Some(other) => Err(unknown("image_processor_type", other)),
        }
    }

    fn resize(&self) -> Result<Resize, PreprocessingError> {
        if !self.do_resize.unwrap_or(true) {
            return Ok(Resize::Keep);
        }
        let exact = |sides| Resize::Exact { sides: Some(sides) };
        if self.use_square_size.unwrap_or(false) {
            return Ok(exact([DEFAULT_SIDE; 2]));
        }
        let shortest = |side| Resize::ShortestSide { side: Some(side) };
        match self.size {
            None => Ok(shortest(DEFAULT_SIDE)),
            Some(Size::One(side)) => match self.default_to_square.unwrap_or(false) {
                true => Ok(exact([side; 2])),
                false => Ok(shortest(side)),
            },
            Some(Size::Pair(sides)) => Ok(exact(sides)),
            Some(Size::Named(size)) => match (size.height, size.width, size.shortest_edge) {
                (Some(height), Some(width), None) => Ok(exact([height, width])),
                (None, None, Some(side)) => Ok(shortest(side)),
                _ => Err(unknown("size", "not one of its known forms")),
            },
        }
    }

    /// The crop decides the shape of the result, or the resize where there is none.
    fn fits(&self, resize: &Resize, image_size: usize) -> Result<(), PreprocessingError> {
        let [height, width] = if self.do_center_crop.unwrap_or(true) {
            match self.crop_size {
                None => [DEFAULT_SIDE; 2],
                Some(Size::One(side)) => [side; 2],
                Some(Size::Pair(sides)) => sides,
                Some(Size::Named(NamedSize {
                    height: Some(height),
                    width: Some(width),
                    shortest_edge: None,
                })) => [height, width],
                Some(Size::Named(_)) => {
                    return Err(unknown("crop_size", "not one of its known forms"));
                }
            }
        } else {
            match resize {
                Resize::Exact { sides: Some(sides) } => *sides,
                _ => {
                    return Err(PreprocessingError::Shape {
                        found: "any number of".to_owned(),
                        size: image_size,
                    });
                }
            }
        };
        match [height, width].map(|side| side as usize) == [image_size; 2] {
            true => Ok(()),
            false => Err(PreprocessingError::Shape {
                found: format!("{height} × {width}"),
                size: image_size,
            }),
        }
    }
}

/// Pillow's numbers for its filters.
fn filter(resample: Option<u8>) -> Result<Filter, PreprocessingError> {
    match resample {
        None | Some(3) => Ok(Filter::Bicubic),
        Some(0) => Ok(Filter::Nearest),
        Some(1) => Ok(Filter::Lanczos),
        Some(2) => Ok(Filter::Bilinear),
        Some(4) => Ok(Filter::Box),
        Some(5) => Ok(Filter::Hamming),
        Some(other) => Err(unknown("resample", other)),
    }
}

fn unknown(field: &'static str, value: impl ToString) -> PreprocessingError {
    let value = value.to_string();
    PreprocessingError::Unknown { field, value }
}

fn unreadable(error: serde_json::Error) -> PreprocessingError {
    PreprocessingError::Unreadable(error.to_string())
}
