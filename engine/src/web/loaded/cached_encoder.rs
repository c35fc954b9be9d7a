//! A loaded model with its cached embeddings.

use std::collections::HashMap;
use std::rc::Rc;

use glance_protocol::{Example, Failure, PictureId, Progress, Scores, TextNote};

use crate::clip::Clip;
use crate::embedding::Embedding;
use crate::error::Error;
use crate::few_shot;
use crate::score::cosine;
use crate::web::policy::label_cache::{EncodedLabel, LabelCache};
use crate::web::policy::label_scores::label_scores;
use crate::web::request::failure::unknown;

/// The label that competes for "none of these".
const NONE_OF_THESE: &str = "something else";

/// A model and its cached embeddings.
pub struct CachedEncoder {
    clip: Clip,
    encoded: Encoded,
}

/// Cached embeddings of labels and pictures. They stay valid on another device: devices agree to
/// within 1e-4.
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

    /// Frees the model, and returns its cached embeddings.
    pub fn into_encoded(self) -> Encoded {
        self.encoded
    }

    pub fn clip(&self) -> &Clip {
        &self.clip
    }

    /// Caches the embedding of a picture.
    pub fn insert(&mut self, id: PictureId, embedding: Embedding) {
        self.encoded.pictures.insert(id, embedding);
    }

    pub fn forget(&mut self, id: PictureId) {
        self.encoded.forget(id);
    }

    /// The embedding of a picture; fails if it is not encoded.
    pub fn picture(&self, id: PictureId) -> Result<&Embedding, Failure> {
        let missing = || unknown("A picture has not been encoded yet; add it again.");
        self.encoded.pictures.get(&id).ok_or_else(missing)
    }

    /// As [`CachedEncoder::picture`], of several in order.
    pub fn pictures(&self, ids: &[PictureId]) -> Result<Vec<&Embedding>, Failure> {
        ids.iter().map(|id| self.picture(*id)).collect()
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

    /// The cosine of a picture with each label, `None` if the label was refused.
    pub fn cosines(picture: &Embedding, labels: &[Rc<EncodedLabel>]) -> Vec<Option<f32>> {
        labels
            .iter()
            .map(|label| Some(cosine(&picture.0, &label.embedding.as_ref()?.0)))
            .collect()
    }

    /// Scores entries for pictures. The first `labels` of them are labels; one more is "none of
    /// these". Fails if an example is not encoded or belongs to none of the labels.
    pub fn rank(
        &self,
        pictures: &[&Embedding],
        entries: &[Rc<EncodedLabel>],
        labels: usize,
        examples: &[Example],
    ) -> Result<Scores, Failure> {
        let examples = examples.iter().map(|example| {
            let embedding = self.picture(example.picture)?.clone();
            let label = example.label as usize;
            Ok(few_shot::Example { embedding, label })
        });
        let examples: Vec<_> = examples.collect::<Result<_, Failure>>()?;
        let scale = self.clip.logit_scale();
        let scores = label_scores(pictures, entries, labels, scale, &examples);
        Ok(scores.map_err(Error::from)?)
    }
}

/// The entries to rank: the labels, and "none of these" if it is offered.
pub fn entries(labels: &[String], none_of_these: bool) -> Vec<String> {
    let neutral = none_of_these.then(|| NONE_OF_THESE.to_owned());
    labels.iter().cloned().chain(neutral).collect()
}

/// The notes on the first `count` labels.
pub fn notes(labels: &[Rc<EncodedLabel>], count: usize) -> Vec<TextNote> {
    labels
        .iter()
        .take(count)
        .map(|label| label.note.clone())
        .collect()
}
