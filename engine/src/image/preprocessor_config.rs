//! Reads the preprocessing settings of checkpoints: `preprocessor_config.json` of Hugging Face's
//! transformers, and `preprocess_cfg` in open_clip's configuration.

use serde::Deserialize;
use serde_json::Value;

use super::preprocessing::{
    Centering, Conversion, Filter, Preprocessing, PreprocessingError, Resize,
};

/// The default side in `CLIPImageProcessor`.
const DEFAULT_SIDE: u32 = 224;

impl Preprocessing {
    /// Reads a `preprocessor_config.json`, or a `processor_config.json` that contains one, for a
    /// network that takes `image_size` × `image_size` pixels. It follows `CLIPImageProcessor` of
    /// transformers 5, and also reads files of its predecessor `CLIPFeatureExtractor`.
    ///
    /// # Errors
    /// [`PreprocessingError`] if it is invalid, is that of another processor, has an unsupported
    /// value, or gives pictures that do not fit the network.
    pub fn from_hugging_face(bytes: &[u8], image_size: usize) -> Result<Self, PreprocessingError> {
        let mut value: Value = serde_json::from_slice(bytes).map_err(unreadable)?;
        if let Some(nested) = value.get_mut("image_processor") {
            value = nested.take();
        }
        let found: HuggingFace = fields(&value)?;
        found.known_processor()?;
        if found.do_pad == Some(true) {
            return Err(unknown("do_pad", true));
        }
        let resize = found.resize()?;
        found.fits(&resize, image_size)?;
        let unit = match (found.do_rescale, found.rescale_factor) {
            (Some(true), Some(factor)) => (1.0 / factor) as f32,
            (Some(true), None) => return Err(unknown("rescale_factor", "null")),
            _ => 1.0,
        };
        let (mean, deviation) = match (found.do_normalize, found.image_mean, found.image_std) {
            (Some(true), Some(mean), Some(deviation)) => (mean.values(), deviation.values()),
            (Some(true), _, _) => return Err(unknown("image_mean or image_std", "null")),
            _ => ([0.0; 3], [1.0; 3]),
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
    /// `image_transform` does for inference. Its `size` is ignored: open_clip replaces it by the
    /// network's.
    ///
    /// # Errors
    /// [`PreprocessingError`] if it is invalid or has an unsupported value.
    pub fn from_open_clip(preprocess_cfg: &Value) -> Result<Self, PreprocessingError> {
        let found: OpenClip = fields(preprocess_cfg)?;
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
            // `random` is for training; inference uses bicubic.
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

/// `preprocessor_config.json`. A switch that is null is off, as in transformers.
#[derive(Deserialize)]
#[serde(default)]
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
    do_pad: Option<bool>,
    do_rescale: Option<bool>,
    rescale_factor: Option<f64>,
    do_normalize: Option<bool>,
    image_mean: Option<PerChannel<f32>>,
    image_std: Option<PerChannel<f32>>,
}

impl Default for HuggingFace {
    /// The defaults of `CLIPImageProcessor`.
    fn default() -> Self {
        let Preprocessing {
            mean, deviation, ..
        } = Preprocessing::default();
        Self {
            image_processor_type: None,
            feature_extractor_type: None,
            do_resize: Some(true),
            size: Some(Size::Named(NamedSize {
                height: None,
                width: None,
                shortest_edge: Some(DEFAULT_SIDE),
            })),
            default_to_square: Some(false),
            use_square_size: Some(false),
            resample: Some(3),
            do_center_crop: Some(true),
            crop_size: Some(Size::One(DEFAULT_SIDE)),
            do_pad: None,
            do_rescale: Some(true),
            rescale_factor: Some(1.0 / 255.0),
            do_normalize: Some(true),
            image_mean: Some(PerChannel::Each(mean)),
            image_std: Some(PerChannel::Each(deviation)),
        }
    }
}

/// A size in the forms that files have.
#[derive(Clone, Copy, Deserialize)]
#[serde(untagged, expecting = "a size is not in one of its known forms")]
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

/// `preprocess_cfg`. Its other fields are for training.
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
#[serde(
    untagged,
    expecting = "a mean or deviation is not one or three numbers"
)]
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
    /// Refuses other processors, which have other defaults and unknown steps.
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
        if self.do_resize != Some(true) {
            return Ok(Resize::Keep);
        }
        let exact = |sides| Resize::Exact { sides: Some(sides) };
        if self.use_square_size == Some(true) {
            return Ok(exact([DEFAULT_SIDE; 2]));
        }
        let shortest = |side| Resize::ShortestSide { side: Some(side) };
        match self.size {
            None => Err(unknown("size", "null")),
            Some(Size::One(side)) => match self.default_to_square {
                Some(true) => Ok(exact([side; 2])),
                _ => Ok(shortest(side)),
            },
            Some(Size::Pair(sides)) => Ok(exact(sides)),
            Some(Size::Named(size)) => match (size.height, size.width, size.shortest_edge) {
                (Some(height), Some(width), None) => Ok(exact([height, width])),
                (None, None, Some(side)) => Ok(shortest(side)),
                _ => Err(unknown("size", "not one of its known forms")),
            },
        }
    }

    /// Checks that the result fits the network. The crop decides its shape, or the resize without a
    /// crop.
    fn fits(&self, resize: &Resize, image_size: usize) -> Result<(), PreprocessingError> {
        let [height, width] = if self.do_center_crop == Some(true) {
            match self.crop_size {
                None => return Err(unknown("crop_size", "null")),
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
        Some(3) => Ok(Filter::Bicubic),
        Some(0) => Ok(Filter::Nearest),
        Some(1) => Ok(Filter::Lanczos),
        Some(2) => Ok(Filter::Bilinear),
        Some(4) => Ok(Filter::Box),
        Some(5) => Ok(Filter::Hamming),
        Some(other) => Err(unknown("resample", other)),
        None => Err(unknown("resample", "null")),
    }
}

fn unknown(field: &'static str, value: impl ToString) -> PreprocessingError {
    let value = value.to_string();
    PreprocessingError::Unknown { field, value }
}

/// Reads fields by name. serde alone would also accept a list.
fn fields<'a, T: Deserialize<'a>>(value: &'a Value) -> Result<T, PreprocessingError> {
    match value.is_object() {
        true => T::deserialize(value).map_err(unreadable),
        false => Err(PreprocessingError::Unreadable("no fields".to_owned())),
    }
}

fn unreadable(error: serde_json::Error) -> PreprocessingError {
    PreprocessingError::Unreadable(error.to_string())
}
