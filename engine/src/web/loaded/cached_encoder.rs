//! A loaded model with what it has encoded so far.

use std::collections::HashMap;
use std::rc::Rc;

use crate::clip::Clip;
use crate::embedding::Embedding;
use crate::error::Error;
use crate::score::cosine;
use crate::web::policy::label_cache::{EncodedLabel, LabelCache};
use crate::web::protocol::{PictureId, Progress, RankedLabel, TextNote};

/// What stands for "none of these": an entry that no label of its own names.
const NONE_OF_THESE: &str = "something else";

/// A model, and what it has encoded.
pub struct CachedEncoder {
    clip: Clip,
    encoded: Encoded,
}

/// Labels and pictures are encoded once each. What one device encodes serves on the other: they
/// agree to within 1e-4.
#[derive(Default)]
pub struct Encoded {
    labels: LabelCache,
    pictures: HashMap<PictureId, Embedding>,
}

impl Encoded {
    pub fn forget(&mut self, id: PictureId) {
        self.pictures.remove(&id);
    }
}

impl CachedEncoder {
    pub fn new(clip: Clip, encoded: Encoded) -> Self {
        Self { clip, encoded }
    }

    /// Lets go of the model, and keeps what it encoded.
    pub fn into_encoded(self) -> Encoded {
        self.encoded
    }

    pub fn clip(&self) -> &Clip {
        &self.clip
    }

    /// Encodes pictures that are prepared, one after the other in `pixels`.
    pub async fn embed(&mut self, ids: &[PictureId], pixels: &[f32]) -> Result<(), Error> {
        let embeddings = self.clip.encode_pixels(pixels).await?;
        let pictures = ids.iter().copied().zip(embeddings);
        self.encoded.pictures.extend(pictures);
        Ok(())
    }

    /// Takes a picture's embedding that was encoded elsewhere.
    pub fn insert(&mut self, id: PictureId, embedding: Embedding) {
        self.encoded.pictures.insert(id, embedding);
    }

    pub fn forget(&mut self, id: PictureId) {
        self.encoded.forget(id);
    }

    pub fn picture(&self, id: PictureId) -> Option<&Embedding> {
        self.encoded.pictures.get(&id)
    }

    /// As [`LabelCache::encode`].
    pub async fn encode_labels<E: From<Error>>(
        &mut self,
        labels: &[String],
        templates: &[String],
        checkpoint: impl AsyncFnMut(Progress) -> Result<(), E>,
    ) -> Result<(), E> {
        let Self { clip, encoded } = self;
        let cache = &mut encoded.labels;
        cache.encode(clip, labels, templates, checkpoint).await
    }

    /// Encoded labels in order; those that were never encoded are left out.
    pub fn labels(&self, wanted: &[String], templates: &[String]) -> Vec<Rc<EncodedLabel>> {
        self.encoded.labels.get(wanted, templates)
    }

    /// The cosine of a picture with each label, `None` where the label was refused.
    pub fn cosines(picture: &Embedding, labels: &[Rc<EncodedLabel>]) -> Vec<Option<f32>> {
        labels
            .iter()
            .map(|label| Some(cosine(&picture.0, &label.embedding.as_ref()?.0)))
            .collect()
    }

    /// Entries best first. The one after the last of so many labels is "none of these".
    pub fn rank(
        &self,
        picture: &Embedding,
        entries: &[Rc<EncodedLabel>],
        labels: usize,
    ) -> Vec<RankedLabel> {
        let (indices, embeddings): (Vec<usize>, Vec<Embedding>) = entries
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| Some((index, entry.embedding.clone()?)))
            .unzip();
        let ranked = self
            .clip
            .rank(picture, &embeddings)
            .into_iter()
            .map(|ranked| {
                let index = indices[ranked.label];
                RankedLabel {
                    label: (index < labels).then_some(index as u32),
                    probability: ranked.probability,
                    cosine: ranked.cosine,
                }
            });
        ranked.collect()
    }
}

/// What competes: the labels, and "none of these" where it is offered.
pub fn entries(labels: &[String], none_of_these: bool) -> Vec<String> {
    let neutral = none_of_these.then(|| NONE_OF_THESE.to_owned());
    labels.iter().cloned().chain(neutral).collect()
}

/// What to know about each of the first `count` labels.
pub fn notes(labels: &[Rc<EncodedLabel>], count: usize) -> Vec<TextNote> {
    labels
        .iter()
        .take(count)
        .map(|label| label.note.clone())
        .collect()
}
