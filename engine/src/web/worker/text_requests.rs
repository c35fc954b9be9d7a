//! Pictures that are encoded, compared with texts.

use crate::Embedding;
use crate::web::loaded::cached_encoder::{CachedEncoder, entries, notes};
use crate::web::protocol::{Answer, Failure, PictureId, Request};
use crate::web::request::context::RequestContext;
use crate::web::request::failure::unknown;

/// Compares pictures that are encoded with texts.
pub async fn compare(
    engine: &mut CachedEncoder,
    request: &Request,
    current: &RequestContext,
) -> Result<Answer, Failure> {
    match request {
        Request::Rank {
            pictures,
            labels,
            templates,
            none_of_these,
        } => {
            let entries = entries(labels, *none_of_these);
            encode_labels(engine, &entries, templates, current).await?;
            let encoded = engine.labels(&entries, templates);
            let rank = |picture: &Embedding| engine.rank(picture, &encoded, labels.len());
            let pictures = for_each_picture(engine, pictures, rank)?;
            Ok(Answer::Rankings {
                pictures,
                notes: notes(&encoded, labels.len()),
            })
        }
        Request::Match { pictures, captions } => {
            encode_labels(engine, captions, &[], current).await?;
            let encoded = engine.labels(captions, &[]);
            let row = |picture: &Embedding| CachedEncoder::cosines(picture, &encoded);
            let rows = for_each_picture(engine, pictures, row)?;
            Ok(Answer::Cosines {
                rows,
                notes: notes(&encoded, captions.len()),
            })
        }
        _ => Err(unknown("This is answered elsewhere.")),
    }
}

async fn encode_labels(
    engine: &mut CachedEncoder,
    labels: &[String],
    templates: &[String],
    current: &RequestContext,
) -> Result<(), Failure> {
    let checkpoint = async |progress| {
        current.progress(progress);
        current.checkpoint().await
    };
    engine.encode_labels(labels, templates, checkpoint).await
}

fn for_each_picture<T>(
    engine: &CachedEncoder,
    pictures: &[PictureId],
    result: impl Fn(&Embedding) -> T,
) -> Result<Vec<T>, Failure> {
    pictures
        .iter()
        .map(|&id| match engine.picture(id) {
            Some(embedding) => Ok(result(embedding)),
            None => Err(unknown(
                "A picture has not been looked at yet; add it again.",
            )),
        })
        .collect()
}
