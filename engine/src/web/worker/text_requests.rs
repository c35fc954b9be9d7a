//! Compares encoded pictures with texts, and with one of them. Hands out the embeddings of texts.

use std::rc::Rc;
use std::slice;

use glance_protocol::{Answer, Example, Failure, Floats, PictureId, Query, TextNote};

use crate::embedding::Embedding;
use crate::score::cosines;
use crate::web::loaded::cached_encoder::{CachedEncoder, entries, notes};
use crate::web::policy::label_cache::EncodedLabel;
use crate::web::request::context::RequestContext;
use crate::web::request::failure::unknown;

/// What pictures are ranked by.
#[derive(Clone, Copy)]
pub struct Labels<'a> {
    labels: &'a [String],
    templates: &'a [String],
    none_of_these: bool,
    examples: &'a [Example],
}

impl<'a> Labels<'a> {
    pub fn new(
        labels: &'a [String],
        templates: &'a [String],
        none_of_these: bool,
        examples: &'a [Example],
    ) -> Self {
        Self {
            labels,
            templates,
            none_of_these,
            examples,
        }
    }

    /// Encodes the labels that are not cached; returns them all, and "none of these" if it is
    /// offered.
    pub async fn encode(
        self,
        encoder: &mut CachedEncoder,
        context: &RequestContext,
    ) -> Result<Vec<Rc<EncodedLabel>>, Failure> {
        let entries = entries(self.labels, self.none_of_these);
        encode_labels(encoder, &entries, self.templates, context).await?;
        Ok(encoder.labels(&entries, self.templates))
    }

    /// Scores the encoded labels for each picture.
    pub fn rankings(
        self,
        encoder: &CachedEncoder,
        pictures: &[&Embedding],
        encoded: &[Rc<EncodedLabel>],
    ) -> Result<Answer, Failure> {
        let labels = self.labels.len();
        Ok(Answer::Rankings {
            scores: encoder.rank(pictures, encoded, labels, self.examples)?,
            notes: notes(encoded, labels),
        })
    }
}

/// Scores labels for each picture.
pub async fn rank(
    encoder: &mut CachedEncoder,
    pictures: &[PictureId],
    labels: Labels<'_>,
    context: &RequestContext,
) -> Result<Answer, Failure> {
    let encoded = labels.encode(encoder, context).await?;
    let pictures = encoder.pictures(pictures)?;
    labels.rankings(encoder, &pictures, &encoded)
}

/// The cosine of each picture with each caption.
pub async fn compare(
    encoder: &mut CachedEncoder,
    pictures: &[PictureId],
    captions: &[String],
    context: &RequestContext,
) -> Result<Answer, Failure> {
    encode_labels(encoder, captions, &[], context).await?;
    let encoded = encoder.labels(captions, &[]);
    let pictures = encoder.pictures(pictures)?.into_iter();
    let row = |picture: &Embedding| CachedEncoder::cosines(picture, &encoded);
    Ok(Answer::Cosines {
        rows: pictures.map(row).collect(),
        notes: notes(&encoded, captions.len()),
    })
}

/// The cosine of each picture with what is searched for.
pub async fn search(
    encoder: &mut CachedEncoder,
    pictures: &[PictureId],
    query: &Query,
    context: &RequestContext,
) -> Result<Answer, Failure> {
    let (cosines, note) = match query {
        Query::Like(id) => {
            let cosines = cosines(encoder.picture(*id)?, encoder.pictures(pictures)?);
            (cosines, TextNote::Whole)
        }
        Query::Text(text) => {
            let text = slice::from_ref(text);
            encode_labels(encoder, text, &[], context).await?;
            let encoded = encoder.labels(text, &[]);
            let [label] = &encoded[..] else {
                return Err(unknown("The text has not been encoded; search again."));
            };
            let cosines = match &label.embedding {
                Some(embedding) => cosines(embedding, encoder.pictures(pictures)?),
                None => Vec::new(),
            };
            (cosines, label.note.clone())
        }
    };
    let cosines = Floats(cosines);
    Ok(Answer::Found { cosines, note })
}

/// The embeddings of texts.
pub async fn embed(
    encoder: &mut CachedEncoder,
    texts: &[String],
    templates: &[String],
    context: &RequestContext,
) -> Result<Answer, Failure> {
    encode_labels(encoder, texts, templates, context).await?;
    let encoded = encoder.labels(texts, templates);
    let rows = encoded.iter().filter_map(|text| text.embedding.as_ref());
    Ok(Answer::TextEmbeddings {
        values: Floats(rows.flat_map(|row| row.0.iter().copied()).collect()),
        width: encoder.clip().config().projection as u32,
        notes: notes(&encoded, texts.len()),
    })
}

async fn encode_labels(
    encoder: &mut CachedEncoder,
    labels: &[String],
    templates: &[String],
    context: &RequestContext,
) -> Result<(), Failure> {
    let checkpoint = async |progress| {
        context.progress(progress);
        context.checkpoint().await
    };
    encoder.encode_labels(labels, templates, checkpoint).await
}
