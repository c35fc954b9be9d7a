//! Where a model comes from.
//!
//! ```text
//! model_request  what is asked for
//! manifests      a pack on a host, described by its manifest or its head
//! stored         a model that is already stored
//! checkpoints    converts what the next two read
//! picked_files   a pack or a checkpoint from the person's disk
//! hub/           a checkpoint in a repository of the Hugging Face Hub
//! error          why there is no model
//! ```

pub mod hub;
pub mod manifests;
pub mod picked_files;

mod checkpoints;
mod error;
mod model_request;
mod stored;

use glance_protocol::{ModelOrigin, ModelSource, Progress};

pub use checkpoints::describe;
pub use error::SourceError;
pub use model_request::ModelRequest;

use crate::web::model_store::{Model, ModelStore, StoreError};
use hub::Repository;
use stored::latest;

/// Prepares a model to run, from the store or else from its source.
pub async fn load(
    store: &ModelStore,
    wanted: &ModelRequest,
    progress: &dyn Fn(Progress),
) -> Result<Model, SourceError> {
    match &wanted.origin {
        ModelOrigin::Manifest(url) => {
            Ok(manifests::load(store, url, &wanted.signal, progress).await?)
        }
        ModelOrigin::Files if wanted.files.is_empty() => {
            // A page of an earlier version asks this way for the last files chosen.
            let stored = latest(store, &ModelOrigin::Files, progress).await?;
            stored.ok_or(SourceError::FilesGone)
        }
        ModelOrigin::Files => checkpoints::load_files(store, wanted, progress).await,
        ModelOrigin::Hub { base, repository } => {
            load_hub(store, wanted, base, repository, progress).await
        }
        ModelOrigin::Stored(id) => {
            let record = store.record(id).await.ok_or(StoreError::Gone)?;
            let origin = record.origin.clone();
            if let Some((manifest, _)) = record.pack()
                && store.is_whole(&manifest).await
            {
                progress(Progress::Preparing);
                return Ok(store.model(manifest, ModelSource::Cache).await?);
            }
            match &origin {
                ModelOrigin::Manifest(url) => {
                    Ok(manifests::load(store, url, &wanted.signal, progress).await?)
                }
                ModelOrigin::Hub { base, repository } => {
                    load_hub(store, wanted, base, repository, progress).await
                }
                ModelOrigin::Files | ModelOrigin::Stored(_) => Err(SourceError::FilesGone),
            }
        }
    }
}

async fn load_hub(
    store: &ModelStore,
    wanted: &ModelRequest,
    base: &str,
    repository: &str,
    progress: &dyn Fn(Progress),
) -> Result<Model, SourceError> {
    let repository = Repository::parse(repository)?;
    let origin = ModelOrigin::Hub {
        base: base.to_owned(),
        repository: repository.to_string(),
    };
    if let Some(model) = latest(store, &origin, progress).await? {
        return Ok(model);
    }
    checkpoints::load_hub(store, wanted, base, &repository, progress).await
}
