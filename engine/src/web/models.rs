//! Models from wherever a person takes them.

use web_sys::{AbortSignal, File};

use super::hub::{Hub, Repository};
use super::model_store::{Content, Model, ModelStore, StoreError};
use super::picked_files::PickedFiles;
use super::protocol::{Description, ModelOrigin, ModelSource, Progress};
use super::{manifests, storage};
use crate::Pack;
use crate::weights::{Checkpoint, CheckpointFiles, WeightType};

/// What a request for a model brings with it.
pub(super) struct Wanted {
    pub origin: ModelOrigin,
    pub files: Vec<File>,
    /// Where OpenAI's merges are.
    pub merges: String,
    pub signal: AbortSignal,
}

impl Wanted {
    fn picked(&self) -> PickedFiles {
        PickedFiles::new(self.files.clone(), self.merges.clone(), self.signal.clone())
    }

    async fn hub(&self, base: &str, repository: &Repository) -> Result<Hub, StoreError> {
        let (merges, signal) = (self.merges.clone(), self.signal.clone());
        Ok(Hub::open(base, repository, merges, signal).await?)
    }
}

/// Looks at a checkpoint; of its weights only the names and shapes are read.
pub(super) async fn describe(wanted: &Wanted) -> Result<Description, StoreError> {
    match &wanted.origin {
        ModelOrigin::Manifest(_) | ModelOrigin::Stored(_) | ModelOrigin::Files => {
            let files = wanted.picked();
            if let Some(bytes) = files.pack().await? {
                return Ok(Description {
                    name: files.name(),
                    license: None,
                    bytes: bytes as f64,
                    pack_bytes: bytes as f64,
                    free: storage::free().await,
                });
            }
            let name = files.name();
            Ok(description(name, None, &Checkpoint::open(files).await?).await)
        }
        ModelOrigin::Hub { base, repository } => {
            let repository = Repository::parse(repository)?;
            let hub = wanted.hub(base, &repository).await?;
            let license = hub.license().map(str::to_owned);
            let name = repository.to_string();
            Ok(description(name, license, &Checkpoint::open(hub).await?).await)
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
        free: storage::free().await,
    }
}

/// Makes a model ready to run: from what is stored of it where it is, from its source otherwise.
pub(super) async fn load(
    store: &ModelStore,
    wanted: &Wanted,
    progress: &dyn Fn(Progress),
) -> Result<Model, StoreError> {
    match &wanted.origin {
        ModelOrigin::Manifest(url) => manifests::load(store, url, &wanted.signal, progress).await,
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
                return store.model(manifest, ModelSource::Cache).await;
            }
            match &origin {
                ModelOrigin::Manifest(url) => {
                    manifests::load(store, url, &wanted.signal, progress).await
                }
                ModelOrigin::Hub { base, repository } => {
                    load_hub(store, wanted, base, repository, progress).await
                }
                ModelOrigin::Files | ModelOrigin::Stored(_) => Err(StoreError::FilesGone),
            }
        }
    }
}

async fn load_files(
    store: &ModelStore,
    wanted: &Wanted,
    progress: &dyn Fn(Progress),
) -> Result<Model, StoreError> {
    if wanted.files.is_empty() {
        // What a page of an earlier version asks for: the last files that were chosen.
        let stored = stored(store, &ModelOrigin::Files, progress).await?;
        return stored.ok_or(StoreError::FilesGone);
    }
    let files = wanted.picked();
    let name = files.name();
    let pack = match files.pack().await? {
        Some(_) => Pack::parse(files.read_pack().await?)?,
        None => convert(&Checkpoint::open(files).await?, &name, None, progress).await?,
    };
    let manifest = store.put(&pack, ModelOrigin::Files).await;
    drop(pack);
    store.model(manifest, ModelSource::Network).await
}

async fn load_hub(
    store: &ModelStore,
    wanted: &Wanted,
    base: &str,
    repository: &str,
    progress: &dyn Fn(Progress),
) -> Result<Model, StoreError> {
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
    let _lock = store.lock(&id, &wanted.signal, progress).await?;
    // Another tab may have made it while this one waited.
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
    store.model(manifest, ModelSource::Network).await
}

/// The latest model of an origin that is whole.
async fn stored(
    store: &ModelStore,
    origin: &ModelOrigin,
    progress: &dyn Fn(Progress),
) -> Result<Option<Model>, StoreError> {
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
) -> Result<Pack, StoreError> {
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
