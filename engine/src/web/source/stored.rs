//! A model that is already stored.

use glance_protocol::{ModelOrigin, ModelSource, Progress};

use crate::web::model_store::{Model, ModelStore};
use crate::web::source::error::SourceError;

/// The latest complete model of an origin.
pub async fn latest(
    store: &ModelStore,
    origin: &ModelOrigin,
    progress: &dyn Fn(Progress),
) -> Result<Option<Model>, SourceError> {
    for record in store.of(origin).await {
        if let Some((manifest, _)) = record.pack()
            && store.is_whole(&manifest).await
        {
            progress(Progress::Preparing);
            let model = store.model(manifest, ModelSource::Cache).await?;
            return Ok(Some(model));
        }
    }
    Ok(None)
}
