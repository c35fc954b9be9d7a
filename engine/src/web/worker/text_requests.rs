//! Pictures that are encoded, compared with texts.

use crate::embedding::Embedding;
use crate::web::loaded::cached_encoder::{CachedEncoder, entries, notes};
use crate::web::protocol::{Answer, Failure, PictureId, Request};
use crate::web::request::context::RequestContext;
use crate::web::request::failure::unknown;

/// Compares pictures that are encoded with texts.
pub async fn compare(
    encoder: &mut CachedEncoder,
    request: &Request,
    context: &RequestContext,
) -> Result<Answer, Failure> {
    match request {
        Request::Rank {
            pictures,
            labels,
            templates,
            none_of_these,
        } => {
            let entries = entries(labels, *none_of_these);
            encode_labels(encoder, &entries, templates, context).await?;
            let encoded = encoder.labels(&entries, templates);
            let rank = |picture: &Embedding| encoder.rank(picture, &encoded, labels.len());
            let pictures = for_each_picture(encoder, pictures, rank)?;
            Ok(Answer::Rankings {
                pictures,
                notes: notes(&encoded, labels.len()),
            })
        }
        Request::Match { pictures, captions } => {
            encode_labels(encoder, captions, &[], context).await?;
            let encoded = encoder.labels(captions, &[]);
            let row = |picture: &Embedding| CachedEncoder::cosines(picture, &encoded);
            let rows = for_each_picture(encoder, pictures, row)?;
            Ok(Answer::Cosines {
                rows,
                notes: notes(&encoded, captions.len()),
            })
        }
        _ => Err(unknown("This is answered elsewhere.")),
    }
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
            None => Err(unknown(
                "A picture has not been looked at yet; add it again.",
            )),
        })
        .collect()
}
