//! What a helper has of a model: its image tower.

use super::failure::unknown;
use super::host::{Current, Job};
use super::model_store::ModelStore;
use super::models;
use super::picture_file::{decode, read};
use super::protocol::{Answer, Failure, ModelOrigin};
use crate::Error;
use crate::image_encoder::ImageEncoder;

/// Loads the image tower of a stored model.
pub(super) async fn load(model: &str, current: &Current) -> Result<ImageEncoder, Failure> {
    let origin = ModelOrigin::Stored(model.to_owned());
    let wanted = current.wanted(origin, Vec::new(), String::new())?;
    let store = ModelStore::open().await;
    let model = models::load(&store, &wanted, &|_| {}).await?;
    Ok(ImageEncoder::load(&*model.pack).await?)
}

/// Encodes the picture that came with a request.
pub(super) async fn encode(
    encoder: &ImageEncoder,
    job: &Job,
    current: &Current,
) -> Result<Answer, Failure> {
    let file = job.files.first();
    let file = file.ok_or_else(|| unknown("No file came with this picture."))?;
    let bytes = read(file).await?;
    current.checkpoint().await?;
    let picture = decode(file, bytes).await?;
    let embedding = encoder.encode(&picture).await.map_err(Error::from)?;
    Ok(Answer::Encoded(embedding.0))
}
