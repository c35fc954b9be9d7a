//! A loaded model with its cached embeddings.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use glance_protocol::{Example, Failure, PictureId, Progress, Scores, TextNote};

use crate::clip::Clip;
use crate::embedding::Embedding;
use crate::error::Error;
use crate::few_shot::{self, Classifier};
use crate::score::cosine;
use crate::web::policy::label_cache::{EncodedLabel, LabelCache};
use crate::web::policy::label_scores::{label_scores, teach};
use crate::web::request::failure::unknown;

/// The label that competes for "none of these".
const NONE_OF_THESE: &str = "something else";

/// A model and its cached embeddings.
pub struct CachedEncoder {
    clip: Clip,
    encoded: Encoded,
    /// What was taught last: a camera asks for it with each frame.
    taught: RefCell<Option<Taught>>,
}

/// What labels mean by examples.
struct Taught {
    examples: Vec<Example>,
    entries: Vec<Rc<EncodedLabel>>,
    labels: usize,
    classifier: Option<Classifier>,
}

impl Taught {
    fn is_of(&self, entries: &[Rc<EncodedLabel>], labels: usize, examples: &[Example]) -> bool {
        let same = |(one, other): (&Rc<_>, &Rc<_>)| Rc::ptr_eq(one, other);
        self.examples == examples
            && self.labels == labels
            && self.entries.len() == entries.len()
            && self.entries.iter().zip(entries).all(same)
    }
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
        Self {
            clip,
            encoded,
            taught: RefCell::default(),
        }
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
        self.unlearn(id);
        self.encoded.pictures.insert(id, embedding);
    }

    pub fn forget(&mut self, id: PictureId) {
        self.unlearn(id);
        self.encoded.forget(id);
    }

    /// Drops what was taught if this picture was an example.
    fn unlearn(&mut self, id: PictureId) {
        let is_it = |example: &Example| example.picture == id;
        self.taught
            .get_mut()
            .take_if(|taught| taught.examples.iter().any(is_it));
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
        let Self { clip, encoded, .. } = self;
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
        let scale = self.clip.logit_scale();
        let mut taught = self.taught.borrow_mut();
        let known = taught.take_if(|taught| taught.is_of(entries, labels, examples));
        let known = match known {
            Some(known) => known,
            None => self.teach(entries, labels, examples)?,
        };
        let classifier = taught.insert(known).classifier.as_ref();
        let scores = label_scores(pictures, entries, labels, scale, classifier);
        Ok(scores.map_err(Error::from)?)
    }

    fn teach(
        &self,
        entries: &[Rc<EncodedLabel>],
        labels: usize,
        examples: &[Example],
    ) -> Result<Taught, Failure> {
        let embedded = examples.iter().map(|example| {
            let embedding = self.picture(example.picture)?.clone();
            let label = example.label as usize;
            Ok(few_shot::Example { embedding, label })
        });
        let embedded: Vec<_> = embedded.collect::<Result<_, Failure>>()?;
        let scale = self.clip.logit_scale();
        let classifier = teach(entries, labels, scale, &embedded).map_err(Error::from)?;
        Ok(Taught {
            examples: examples.to_vec(),
            entries: entries.to_vec(),
            labels,
            classifier,
        })
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
