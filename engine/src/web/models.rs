//! Models from wherever a person takes them.

use web_sys::{AbortSignal, File};

use super::hub::{Hub, Repository};
use super::model_store::{Model, Shelf, StoreError, keep, load_manifest};
use super::picked_files::PickedFiles;
use super::protocol::{Description, ModelOrigin, ModelSource, Progress};
use crate::Pack;
use crate::weights::{Checkpoint, CheckpointFiles, WeightType};

/// The model that was made of a person's files is kept under this name.
const FILES_KEY: &str = "files";

/// What a request for a model brings with it.
pub(super) struct Wanted<'a> {
    pub origin: &'a ModelOrigin,
    pub files: Vec<File>,
    /// Where OpenAI's merges are.
    pub merges: String,
    pub signal: AbortSignal,
}

impl Wanted<'_> {
    fn picked(self) -> PickedFiles {
        PickedFiles::new(self.files, self.merges, self.signal)
    }
}

/// Looks at a checkpoint; of its weights only the names and shapes are read.
pub(super) async fn describe(wanted: Wanted<'_>) -> Result<Description, StoreError> {
    match wanted.origin {
        ModelOrigin::Manifest(_) | ModelOrigin::Files => {
            let files = wanted.picked();
            if let Some(bytes) = files.pack().await? {
                return Ok(Description {
                    name: files.name(),
                    license: None,
                    bytes: bytes as f64,
                    pack_bytes: bytes as f64,
                });
            }
            let name = files.name();
            Ok(description(name, None, &Checkpoint::open(files).await?))
        }
        ModelOrigin::Hub { base, repository } => {
            let repository = Repository::parse(repository)?;
            let hub = Hub::open(base, &repository, wanted.merges, wanted.signal).await?;
            let license = hub.license().map(str::to_owned);
            let name = repository.to_string();
            Ok(description(name, license, &Checkpoint::open(hub).await?))
        }
    }
}

fn description<F: CheckpointFiles>(
    name: String,
    license: Option<String>,
    checkpoint: &Checkpoint<F>,
) -> Description {
    Description {
        name,
        license,
        bytes: checkpoint.size() as f64,
        pack_bytes: checkpoint.parameters() as f64,
    }
}

/// Makes a model ready to run: from what was kept of it where it was, from its source otherwise.
pub(super) async fn load(
    wanted: Wanted<'_>,
    progress: impl Fn(Progress),
) -> Result<Model, StoreError> {
    let shelf = Shelf::open().await.ok();
    match wanted.origin {
        ModelOrigin::Manifest(url) => load_manifest(url, &wanted.signal, progress).await,
        ModelOrigin::Files if wanted.files.is_empty() => kept(shelf.as_ref(), FILES_KEY, &progress)
            .await
            .ok_or(StoreError::FilesGone),
        ModelOrigin::Files => {
            let files = wanted.picked();
            let name = files.name();
            let pack = match files.pack().await? {
                Some(_) => Pack::parse(files.read_pack().await?)?,
                None => convert(&Checkpoint::open(files).await?, &name, None, progress).await?,
            };
            Ok(keep(shelf.as_ref(), FILES_KEY, &name, pack).await)
        }
        ModelOrigin::Hub { base, repository } => {
            let repository = Repository::parse(repository)?;
            let key = format!("{base} {repository}");
            if let Some(model) = kept(shelf.as_ref(), &key, &progress).await {
                return Ok(model);
            }
            let hub = Hub::open(base, &repository, wanted.merges, wanted.signal).await?;
            let (commit, license) = (hub.commit().to_owned(), hub.license().map(str::to_owned));
            let name = repository.to_string();
            let checkpoint = Checkpoint::open(hub).await?;
            let pack = convert(&checkpoint, &name, license.as_deref(), progress).await?;
            Ok(keep(shelf.as_ref(), &key, &commit, pack).await)
        }
    }
}

async fn kept(shelf: Option<&Shelf>, key: &str, progress: &impl Fn(Progress)) -> Option<Model> {
    let kept = shelf?.get(key).await.ok()??;
    progress(Progress::Preparing);
    let pack = Pack::parse(kept.bytes.to_vec()).ok()?;
    Some(Model {
        pack,
        source: ModelSource::Cache,
        notice: None,
    })
}

async fn convert<F: CheckpointFiles>(
    checkpoint: &Checkpoint<F>,
    name: &str,
    license: Option<&str>,
    progress: impl Fn(Progress),
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
