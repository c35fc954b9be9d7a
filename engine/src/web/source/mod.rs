//! Where a model comes from.
//!
//! ```text
//! manifests      a pack on a host, described by its manifest
//! picked_files   a pack or a checkpoint from the person's disk
//! hub/           a checkpoint in a repository of the Hugging Face Hub
//! ```

pub mod hub;
pub mod manifests;
pub mod picked_files;

use glance_protocol::{Description, ModelOrigin, ModelSource, Progress};
use thiserror::Error as ThisError;
use web_sys::{AbortSignal, File};

use crate::web::browser::quota;
use crate::web::model_store::{Content, Model, ModelStore, StoreError};
use crate::web::source::hub::{Hub, HubError, Repository};
use crate::web::source::picked_files::PickedFiles;
use crate::weights::Pack;
use crate::weights::{Checkpoint, CheckpointFiles, WeightType, WeightsError};

/// Why a source provides no model.
#[derive(Debug, ThisError)]
pub enum SourceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error("The files of this model are not kept in this browser; choose them again.")]
    FilesGone,
}

impl From<WeightsError> for SourceError {
    fn from(error: WeightsError) -> Self {
        Self::Store(error.into())
    }
}

/// A request for a model.
pub struct ModelRequest {
    pub origin: ModelOrigin,
    pub files: Vec<File>,
    /// URL of OpenAI's merges.
    pub merges: String,
    pub signal: AbortSignal,
}

impl ModelRequest {
    fn picked(&self) -> Result<PickedFiles, WeightsError> {
        PickedFiles::new(self.files.clone(), self.merges.clone(), self.signal.clone())
    }

    async fn hub(&self, base: &str, repository: &Repository) -> Result<Hub, SourceError> {
        let (merges, signal) = (self.merges.clone(), self.signal.clone());
        Ok(Hub::open(base, repository, merges, signal).await?)
    }
}

/// Inspects and checks a checkpoint. Reads only names, shapes and the logit scale of its weights.
pub async fn describe(wanted: &ModelRequest) -> Result<Description, SourceError> {
    match &wanted.origin {
        ModelOrigin::Manifest(_) | ModelOrigin::Stored(_) | ModelOrigin::Files => {
            let files = wanted.picked()?;
            if let Some(bytes) = files.pack().await? {
                return Ok(Description {
                    name: files.name(),
                    license: None,
                    bytes: bytes as f64,
                    pack_bytes: bytes as f64,
                    free: quota::free().await,
                });
            }
            let name = files.name();
            let checkpoint = Checkpoint::open(files).await?;
            checkpoint.check().await?;
            Ok(description(name, None, &checkpoint).await)
        }
        ModelOrigin::Hub { base, repository } => {
            let repository = Repository::parse(repository)?;
            let hub = wanted.hub(base, &repository).await?;
            let license = hub.license().map(str::to_owned);
            let name = repository.to_string();
            let checkpoint = Checkpoint::open(hub).await?;
            checkpoint.check().await?;
            Ok(description(name, license, &checkpoint).await)
        }
    }
}

async fn description<F: CheckpointFiles>(
    name: String,
    license: Option<String>,
    checkpoint: &Checkpoint<F>,
) -> Description {
    Description {
        name,
        license,
        bytes: checkpoint.size() as f64,
        pack_bytes: checkpoint.parameters() as f64,
        free: quota::free().await,
    }
}

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
        ModelOrigin::Files => load_files(store, wanted, progress).await,
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

async fn load_files(
    store: &ModelStore,
    wanted: &ModelRequest,
    progress: &dyn Fn(Progress),
) -> Result<Model, SourceError> {
    if wanted.files.is_empty() {
        // A page of an earlier version asks this way for the last files chosen.
        let stored = stored(store, &ModelOrigin::Files, progress).await?;
        return stored.ok_or(SourceError::FilesGone);
    }
    let files = wanted.picked()?;
    let name = files.name();
    let pack = match files.pack().await? {
        Some(_) => Pack::parse(files.read_pack().await?)?,
        None => convert(&Checkpoint::open(files).await?, &name, None, progress).await?,
    };
    let manifest = store.put(&pack, ModelOrigin::Files).await;
    drop(pack);
    Ok(store.model(manifest, ModelSource::Network).await?)
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
    if let Some(model) = stored(store, &origin, progress).await? {
        return Ok(model);
    }
    let mut hub = wanted.hub(base, &repository).await?;
    let license = hub.license().map(str::to_owned);
    let id = format!("{base} {repository}@{}", hub.commit());
    let _lock = store
        .lock(&id, &wanted.signal, progress)
        .await
        .map_err(StoreError::from)?;
    // Another tab may have converted it meanwhile.
    if let Some(model) = stored(store, &origin, progress).await? {
        return Ok(model);
    }
    if let Some(windows) = store.windows(id.clone()) {
        hub.store(windows);
    }
    let checkpoint = Checkpoint::open(hub).await?;
    let name = repository.to_string();
    let on_its_way = Content::Checkpoint {
        id,
        name: name.clone(),
        license: license.clone(),
        size: checkpoint.size(),
    };
    store.note(on_its_way, origin.clone()).await;
    let files = checkpoint.weight_files();
    checkpoint.files().prefetch(&files, progress).await?;
    let pack = convert(&checkpoint, &name, license.as_deref(), progress).await?;
    let manifest = store.put(&pack, origin).await;
    drop(pack);
    Ok(store.model(manifest, ModelSource::Network).await?)
}

/// The latest complete model of an origin.
async fn stored(
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

async fn convert<F: CheckpointFiles>(
    checkpoint: &Checkpoint<F>,
    name: &str,
    license: Option<&str>,
    progress: &dyn Fn(Progress),
) -> Result<Pack, SourceError> {
    let total = checkpoint.size() as f64;
    let step = |step: crate::weights::Progress| {
        let share = step.done as f64 / step.total.max(1) as f64;
        progress(Progress::Converting {
            done: share * total,
            total,
        });
    };
    Ok(checkpoint
        .pack(name, license, WeightType::Int8, step)
        .await?)
}
