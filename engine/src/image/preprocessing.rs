//! How a checkpoint turns pictures into network input.

use serde::{Deserialize, Serialize};
use thiserror::Error as ThisError;

/// Longest side that preprocessing may ask for: eight times that of the largest known CLIP.
const MAX_SIDE: u32 = 4096;

/// Largest magnitude of a constant. Beyond it all inputs of the network would be alike.
const MAX_CONSTANT: f32 = 1e6;

/// How pictures become input `[size, size, 3]`: resize, crop or pad to the centre square of the
/// network's size, then `(level / unit − mean) / deviation` for each channel.
///
/// The reference is the checkpoint authors' pipeline on Pillow: OpenAI's `clip.py`, open_clip's
/// `image_transform` (inference), and `CLIPImageProcessorPil` for Hugging Face's checkpoints. If
/// torchvision is installed, transformers 5 prefers a processor on it. Its tensor resize rounds
/// weights more coarsely and differs from Pillow by up to one level (0.004 on average over nine
/// pictures). Pillow means version 13, which resizes tall pictures vertically first. Earlier
/// versions always start horizontally, which may differ by a level for those pictures.
///
/// Packs of the first version have only `mean` and `deviation`. The other fields default to what
/// that version did: OpenAI's values, on a picture that is converted to RGB first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Preprocessing {
    /// The size that the whole picture is resized to.
    pub resize: Resize,
    /// The resampling filter.
    pub filter: Filter,
    /// Where the centre lies if the surplus is odd.
    pub centering: Centering,
    /// RGB colour where the picture does not cover the square.
    pub fill: [u8; 3],
    /// When a picture with a palette or with alpha becomes RGB.
    pub conversion: Conversion,
    /// The 8-bit level that `mean` and `deviation` count as one.
    pub unit: f32,
    /// Mean of each channel, red first.
    pub mean: [f32; 3],
    /// Standard deviation of each channel, red first.
    pub deviation: [f32; 3],
}

/// The size that a whole picture is resized to. Sides are in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub enum Resize {
    /// The shorter side gets this length, or the network's size if it is `None`. The longer keeps
    /// the proportions, rounded down (torchvision's `Resize` to one number).
    ShortestSide {
        /// Length of the shorter side.
        side: Option<u32>,
    },
    /// The longer side gets the network's size. The shorter keeps the proportions, rounded to the
    /// nearest (open_clip's `longest`). It keeps at least one pixel, where the reference fails.
    LongestSide,
    /// Both sides get these lengths, or the network's size if they are `None`, whatever the
    /// proportions (open_clip's `squash`).
    Exact {
        /// Height and width.
        sides: Option<[u32; 2]>,
    },
    /// The picture keeps its size.
    Keep,
}

/// Pillow's resampling filters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// One source pixel for each output pixel.
    Nearest,
    /// The mean of the covered pixels.
    Box,
    /// A triangle.
    Bilinear,
    /// A sinc under Hamming's window.
    Hamming,
    /// Keys' cubic with a = −0.5.
    #[default]
    Bicubic,
    /// A sinc under Lanczos' window of three lobes.
    Lanczos,
}

/// Where the centre square lies if the surplus is odd.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Centering {
    /// A half is rounded to the even pixel when cropping, and down when padding (torchvision's
    /// `CenterCrop`, open_clip's `center_crop_or_pad`).
    #[default]
    HalfToEven,
    /// Always towards the top left (transformers' `center_crop`).
    Down,
}

/// When a picture becomes RGB. It matters for palettes and alpha.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conversion {
    /// Before it is resized. Alpha is dropped, so the colours of transparent pixels count in full
    /// (transformers 4).
    #[default]
    BeforeResize,
    /// Before it is resized, composited on white (transformers 5).
    OnWhite,
    /// After it is resized (OpenAI, open_clip). Alpha weighs the colours while they are averaged,
    /// and is then dropped. Palettes and bilevel pictures take the nearest pixel, because Pillow
    /// does not average them.
    AfterResize,
}

impl Preprocessing {
    /// The normalised value of each 8-bit level, `[3, 256]`, red first.
    pub fn table(&self) -> Vec<f32> {
        let of_channel = |(mean, deviation): (&f32, &f32)| {
            let (mean, deviation) = (*mean, *deviation);
            (0..=u8::MAX).map(move |level| (f32::from(level) / self.unit - mean) / deviation)
        };
        let channels = self.mean.iter().zip(&self.deviation);
        channels.flat_map(of_channel).collect()
    }

    /// The same for a network whose input has `factor` times the side.
    pub fn enlarged(&self, factor: u32) -> Self {
        let larger = |side: u32| side.saturating_mul(factor);
        let resize = match self.resize {
            Resize::ShortestSide { side } => Resize::ShortestSide {
                side: side.map(larger),
            },
            Resize::Exact { sides } => Resize::Exact {
                sides: sides.map(|sides| sides.map(larger)),
            },
            resize @ (Resize::LongestSide | Resize::Keep) => resize,
        };
        Self {
            resize,
            ..self.clone()
        }
    }

    /// OpenAI's preprocessing (openai/CLIP `clip.py`, `_transform`), which is also open_clip's
    /// default.
    pub fn openai() -> Self {
        Self {
            conversion: Conversion::AfterResize,
            ..Self::default()
        }
    }
}

impl Preprocessing {
    /// EfficientNet-lite's scaling, `(level − 127) / 128` (tensorflow/tpu,
    /// `efficientnet_lite_builder.py`); the rest is OpenAI's.
    pub fn efficientnet_lite() -> Self {
        Self {
            mean: [127.0 / 255.0; 3],
            deviation: [128.0 / 255.0; 3],
            ..Self::default()
        }
    }
}

impl Default for Preprocessing {
    /// OpenAI's constants (openai/CLIP `clip.py`).
    fn default() -> Self {
        Self {
            resize: Resize::default(),
            filter: Filter::default(),
            centering: Centering::default(),
            fill: [0; 3],
            conversion: Conversion::default(),
            unit: 255.0,
            mean: [0.481_454_66, 0.457_827_5, 0.408_210_73],
            deviation: [0.268_629_55, 0.261_302_6, 0.275_777_1],
        }
    }
}

impl Resize {
    /// Width and height after the resize of a `width` × `height` picture, for a network that takes
    /// `size` × `size`.
    pub(super) fn sides(self, (width, height): (usize, usize), size: usize) -> (u64, u64) {
        let (across, down) = (width as u64, height as u64);
        match self {
            Self::ShortestSide { side } => {
                let side = side.map_or(size as u64, u64::from);
                let shortest = across.min(down);
                (side * across / shortest, side * down / shortest)
            }
            Self::LongestSide => {
                let ratio = width.max(height) as f64 / size as f64;
                let side =
                    |length: usize| (length as f64 / ratio).round_ties_even().max(1.0) as u64;
                (side(width), side(height))
            }
            Self::Exact { sides } => {
                let [height, width] = sides.map_or([size as u64; 2], |sides| sides.map(u64::from));
                (width, height)
            }
            Self::Keep => (across, down),
        }
    }
}

impl Default for Resize {
    fn default() -> Self {
        Self::ShortestSide { side: None }
    }
}

/// Why preprocessing settings cannot be used.
#[derive(Clone, Debug, PartialEq, ThisError)]
#[non_exhaustive]
pub enum PreprocessingError {
    /// A description that cannot be parsed.
    #[error("The description of how pictures are prepared cannot be read ({0}); fetch it again.")]
    Unreadable(String),
    /// A field with an unsupported value.
    #[error(
        "The model wants pictures prepared in a way that this version does not know: {field} is \
         {value}; use another version of the model."
    )]
    Unknown {
        /// The field, as the file names it.
        field: &'static str,
        /// Its value.
        value: String,
    },
    /// A number that is out of range.
    #[error("The model's {field} for pictures is {value}, which cannot be used; fetch it again.")]
    Value {
        /// The field.
        field: &'static str,
        /// Its value.
        value: String,
    },
    /// An output that does not fit the network.
    #[error(
        "The model prepares pictures of {found} pixels for a network that takes {size} × {size}; \
         use another version of the model."
    )]
    Shape {
        /// The output's size.
        found: String,
        /// The network's side.
        size: usize,
    },
}

impl Preprocessing {
    /// Refuses lengths and constants that are out of range.
    ///
    /// # Errors
    /// [`PreprocessingError::Value`].
    pub fn validate(&self) -> Result<(), PreprocessingError> {
        let sides = match self.resize {
            Resize::ShortestSide { side } => [side, None],
            Resize::Exact { sides } => sides.map_or([None; 2], |sides| sides.map(Some)),
            Resize::LongestSide | Resize::Keep => [None; 2],
        };
        for side in sides.into_iter().flatten() {
            if !(1..=MAX_SIDE).contains(&side) {
                return Err(refused("size", side));
            }
        }
        let constant = |value: f32| value.abs() <= MAX_CONSTANT;
        let factor = |value: f32| (1.0 / MAX_CONSTANT..=MAX_CONSTANT).contains(&value);
        if !factor(self.unit) {
            return Err(refused("unit", self.unit));
        }
        if let Some(mean) = self.mean.into_iter().find(|mean| !constant(*mean)) {
            return Err(refused("mean", mean));
        }
        match self.deviation.into_iter().find(|value| !factor(*value)) {
            Some(deviation) => Err(refused("deviation", deviation)),
            None => Ok(()),
        }
    }
}

fn refused(field: &'static str, value: impl ToString) -> PreprocessingError {
    let value = value.to_string();
    PreprocessingError::Value { field, value }
}

/// The stored form, before it is checked. Packs of the first version have only `mean` and
/// `deviation`.
#[derive(Deserialize)]
struct Unchecked {
    #[serde(default)]
    resize: Resize,
    #[serde(default)]
    filter: Filter,
    #[serde(default)]
    centering: Centering,
    #[serde(default)]
    fill: [u8; 3],
    #[serde(default)]
    conversion: Conversion,
    unit: Option<f32>,
    mean: [f32; 3],
    deviation: [f32; 3],
}

impl TryFrom<Unchecked> for Preprocessing {
    type Error = PreprocessingError;

    fn try_from(stored: Unchecked) -> Result<Self, PreprocessingError> {
        let Unchecked {
            resize,
            filter,
            centering,
            fill,
            conversion,
            unit,
            mean,
            deviation,
        } = stored;
        let checked = Self {
            resize,
            filter,
            centering,
            fill,
            conversion,
            unit: unit.unwrap_or(Self::default().unit),
            mean,
            deviation,
        };
        checked.validate().map(|()| checked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_of_the_first_version_means_what_it_meant() {
        let old = r#"{"mean":[0.48145466,0.4578275,0.40821073],"deviation":[0.26862955,0.2613026,0.2757771]}"#;
        let read: Preprocessing = serde_json::from_str(old).unwrap();
        assert_eq!(read, Preprocessing::default());
    }

    #[test]
    fn what_is_written_reads_back() {
        let written = Preprocessing {
            resize: Resize::Exact {
                sides: Some([7, 9]),
            },
            filter: Filter::Lanczos,
            centering: Centering::Down,
            fill: [1, 2, 3],
            conversion: Conversion::AfterResize,
            unit: 1.0,
            mean: [0.0; 3],
            deviation: [1.0; 3],
        };
        let text = serde_json::to_string(&written).unwrap();
        assert_eq!(
            serde_json::from_str::<Preprocessing>(&text).unwrap(),
            written
        );
    }

    #[test]
    fn values_that_no_checkpoint_has_are_refused() {
        for broken in [
            r#"{"mean":[0,0,0],"deviation":[1,0,1]}"#,
            r#"{"mean":[0,0,0],"deviation":[1,-1,1]}"#,
            r#"{"mean":[0,0,0],"deviation":[1,1e39,1]}"#,
            r#"{"mean":[0,-1e30,0],"deviation":[1,1,1]}"#,
            r#"{"mean":[0,0,0],"deviation":[1,1,1],"unit":0}"#,
            r#"{"mean":[0,0,0],"deviation":[1,1,1],"resize":{"mode":"shortest_side","side":0}}"#,
            r#"{"mean":[0,0,0],"deviation":[1,1,1],"resize":{"mode":"exact","sides":[9,4000000000]}}"#,
            r#"{"mean":[0,0,0],"deviation":[1,1,1],"resize":{"mode":"fold"}}"#,
            r#"{"mean":[0,0,0],"deviation":[1,1,1],"fill":[0,0,256]}"#,
            r#"{"mean":[0,0,0],"deviation":[1,1,1],"filter":"sharp"}"#,
        ] {
            assert!(
                serde_json::from_str::<Preprocessing>(broken).is_err(),
                "{broken}"
            );
        }
        let nan = Preprocessing {
            mean: [f32::NAN; 3],
            ..Preprocessing::default()
        };
        assert!(nan.validate().is_err());
    }
}
