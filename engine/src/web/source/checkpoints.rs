//! Reads checkpoints and other files of the person. This code is fetched when it is first needed.

use futures::FutureExt as _;
use futures::future::LocalBoxFuture;
use glance_protocol::{Description, ModelOrigin, ModelSource, Progress};
#[cfg(feature = "split")]
use wasm_split_helpers::wasm_split;

use crate::web::browser::quota;
use crate::web::model_store::{Content, Model, ModelStore, StoreError};
use crate::web::source::error::SourceError;
use crate::web::source::hub::Repository;
use crate::web::source::model_request::ModelRequest;
use crate::web::source::stored::latest;
use crate::weights::{Checkpoint, CheckpointFiles, Pack, WeightType};

/// Inspects and checks a checkpoint. Reads only names, shapes and the logit scale of its weights.
#[cfg_attr(
    feature = "split",
    wasm_split(checkpoints, fallible, return_wrapper(
        let found = _; { found.await } -> Result<Description, SourceError>
    ))
)]
pub fn describe(wanted: &ModelRequest) -> LocalBoxFuture<'_, Result<Description, SourceError>> {
    inspect(wanted).boxed_local()
}

/// Converts a checkpoint in a repository of a hub, and stores the pack.
#[cfg_attr(
    feature = "split",
    wasm_split(checkpoints, fallible, return_wrapper(
        let model = _; { model.await } -> Result<Model, SourceError>
    ))
)]
pub fn load_hub<'a>(
    store: &'a ModelStore,
    wanted: &'a ModelRequest,
    base: &'a str,
    repository: &'a Repository,
    progress: &'a dyn Fn(Progress),
) -> LocalBoxFuture<'a, Result<Model, SourceError>> {
    from_hub(store, wanted, base, repository, progress).boxed_local()
}

/// Converts a checkpoint of the person's files, or takes their pack, and stores it.
#[cfg_attr(
    feature = "split",
    wasm_split(checkpoints, fallible, return_wrapper(
        let model = _; { model.await } -> Result<Model, SourceError>
    ))
)]
pub fn load_files<'a>(
    store: &'a ModelStore,
    wanted: &'a ModelRequest,
    progress: &'a dyn Fn(Progress),
) -> LocalBoxFuture<'a, Result<Model, SourceError>> {
    from_files(store, wanted, progress).boxed_local()
}

async fn inspect(wanted: &ModelRequest) -> Result<Description, SourceError> {
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

async fn from_files(
    store: &ModelStore,
    wanted: &ModelRequest,
    progress: &dyn Fn(Progress),
) -> Result<Model, SourceError> {
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

async fn from_hub(
    store: &ModelStore,
    wanted: &ModelRequest,
    base: &str,
    repository: &Repository,
    progress: &dyn Fn(Progress),
) -> Result<Model, SourceError> {
    let origin = ModelOrigin::Hub {
        base: base.to_owned(),
        repository: repository.to_string(),
    };
    let mut hub = wanted.hub(base, repository).await?;
    let license = hub.license().map(str::to_owned);
    let id = format!("{base} {repository}@{}", hub.commit());
    let _lock = store
        .lock(&id, &wanted.signal, progress)
        .await
        .map_err(StoreError::from)?;
    // Another tab may have converted it meanwhile.
    if let Some(model) = latest(store, &origin, progress).await? {
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
