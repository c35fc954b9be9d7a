//! What a helper has of a model: its image tower.

use crate::error::Error;
use crate::image_encoder::ImageEncoder;
use crate::web::model_store::ModelStore;
use crate::web::protocol::{Answer, Failure, ModelOrigin};
use crate::web::request::context::{Job, RequestContext};
use crate::web::request::failure::unknown;
use crate::web::request::picture_file::{decode, read};
use crate::web::source;

/// Loads the image tower of a stored model.
pub async fn load(model: &str, context: &RequestContext) -> Result<ImageEncoder, Failure> {
    let origin = ModelOrigin::Stored(model.to_owned());
    let wanted = context.model(origin, Vec::new(), String::new())?;
    let store = ModelStore::open().await;
    let model = source::load(&store, &wanted, &|_| {}).await?;
    Ok(ImageEncoder::load(&*model.pack).await?)
}

/// Encodes the picture that came with a request.
pub async fn encode(
    encoder: &ImageEncoder,
    job: &Job,
    context: &RequestContext,
) -> Result<Answer, Failure> {
    let file = job.files.first();
    let file = file.ok_or_else(|| unknown("No file came with this picture."))?;
    let bytes = read(file).await?;
    context.checkpoint().await?;
    let picture = decode(file, bytes).await?;
    let embedding = encoder.encode(&picture).await.map_err(Error::from)?;
    Ok(Answer::Encoded(embedding.0))
}
