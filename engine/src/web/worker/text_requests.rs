//! Compares encoded pictures with texts.

use glance_protocol::{Answer, Failure, PictureId};

use crate::embedding::Embedding;
use crate::web::loaded::cached_encoder::{CachedEncoder, entries, notes};
use crate::web::request::context::RequestContext;
use crate::web::request::failure::unknown;

/// What pictures are ranked by.
pub struct Labels<'a> {
    pub labels: &'a [String],
    pub templates: &'a [String],
    pub none_of_these: bool,
}

/// Ranks labels for each picture, best first.
pub async fn rank(
    encoder: &mut CachedEncoder,
    pictures: &[PictureId],
    labels: Labels<'_>,
    context: &RequestContext,
) -> Result<Answer, Failure> {
    let Labels {
        labels,
        templates,
        none_of_these,
    } = labels;
    let entries = entries(labels, none_of_these);
    encode_labels(encoder, &entries, templates, context).await?;
    let encoded = encoder.labels(&entries, templates);
    let rank = |picture: &Embedding| encoder.rank(picture, &encoded, labels.len());
    let pictures = for_each_picture(encoder, pictures, rank)?;
    Ok(Answer::Rankings {
        pictures,
        notes: notes(&encoded, labels.len()),
    })
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
    let row = |picture: &Embedding| CachedEncoder::cosines(picture, &encoded);
    let rows = for_each_picture(encoder, pictures, row)?;
    Ok(Answer::Cosines {
        rows,
        notes: notes(&encoded, captions.len()),
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

fn for_each_picture<T>(
    encoder: &CachedEncoder,
    pictures: &[PictureId],
    result: impl Fn(&Embedding) -> T,
) -> Result<Vec<T>, Failure> {
    pictures
        .iter()
        .map(|&id| match encoder.picture(id) {
            Some(embedding) => Ok(result(embedding)),
            None => Err(unknown("A picture has not been encoded yet; add it again.")),
        })
        .collect()
}
