//! The public face: a loaded network with its tokenizer and preprocessing.

use serde::{Deserialize, Serialize};

use crate::{DeviceKind, Error, Pack, Picture};

/// A point of the shared space: unit length, `ClipConfig::projection` values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Embedding(pub Vec<f32>);

/// One label's fit to one picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranked {
    /// Index into the labels given.
    pub label: usize,
    /// Softmax over the labels of `logit_scale × cosine`.
    pub probability: f32,
    /// Cosine of picture and label, −1 to 1.
    pub cosine: f32,
}

/// A CLIP network ready to encode.
pub struct Clip {
    logit_scale: f32,
}

impl Clip {
    /// Moves a pack's weights onto a device.
    ///
    /// # Errors
    /// [`Error::Weights`] where a tensor is missing or mis-shaped, [`Error::Compute`] where the
    /// device is missing or too small.
    pub async fn load(pack: &Pack, device: DeviceKind) -> Result<Self, Error> {
        let _ = (pack, device);
        todo!()
    }

    /// `exp` of the learned temperature, the factor from cosine to logit.
    pub fn logit_scale(&self) -> f32 {
        self.logit_scale
    }

    /// Encodes pictures in one batch, in order.
    ///
    /// # Errors
    /// [`Error::Compute`].
    pub async fn encode_images(&self, pictures: &[Picture]) -> Result<Vec<Embedding>, Error> {
        let _ = pictures;
        todo!()
    }

    /// Encodes texts in one batch, in order. Texts longer than the context are cut.
    ///
    /// # Errors
    /// [`Error::Text`] or [`Error::Compute`].
    pub async fn encode_texts<S: AsRef<str>>(&self, texts: &[S]) -> Result<Vec<Embedding>, Error> {
        let _ = texts;
        todo!()
    }

    /// Ranks labels for each picture, best first; each label is put into `template` first.
    ///
    /// # Errors
    /// As [`Clip::encode_images`] and [`Clip::encode_texts`].
    pub async fn classify<S: AsRef<str>>(
        &self,
        pictures: &[Picture],
        labels: &[S],
        template: &str,
    ) -> Result<Vec<Vec<Ranked>>, Error> {
        let _ = (pictures, labels, template);
        todo!()
    }

    /// Cosines of every picture (rows) with every text (columns).
    pub fn similarity(images: &[Embedding], texts: &[Embedding]) -> Vec<Vec<f32>> {
        images
            .iter()
            .map(|image| {
                texts.iter().map(|text| crate::score::cosine(&image.0, &text.0)).collect()
            })
            .collect()
    }
}
