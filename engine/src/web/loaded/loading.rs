//! Loads a model onto a device while its weights arrive.

use std::rc::Rc;

use futures::future;
use glance_protocol::{DeviceKind, DeviceReason, Failure, ModelInfo, ModelSource};

use crate::clip::Clip;
use crate::device::DeviceChoice;
use crate::error::Error;
use crate::web::loaded::devices;
use crate::web::model_store::{Head, Model, ModelStore, StoreError, StoredPack, Storing};
use crate::web::request::context::RequestContext;
use crate::web::source::{self, ModelRequest, SourceError};
use crate::weights::{PackSource, WeightsError};

const GPU_FAILED: &str = "The graphics card failed at this model, so it runs on the processor.";

/// Loads a model onto the device asked for, or the faster one. A damaged model is repaired once.
pub async fn load(
    wanted: &ModelRequest,
    device: Option<DeviceKind>,
    current: &RequestContext,
) -> Result<(Clip, ModelInfo, Option<Storing>), Failure> {
    let store = ModelStore::open().await;
    let mut repaired = false;
    loop {
        let damaged = match load_once(&store, wanted, device, current).await? {
            Loaded::Running(clip, info, storing) => return Ok((*clip, info, storing)),
            Loaded::Superseded => continue,
            Loaded::Damaged(id) if repaired => return Err(StoreError::Damaged(id).into()),
            Loaded::Damaged(id) => id,
        };
        repaired = true;
        // Removes damaged pieces. The next attempt fetches them again, like all missing ones.
        let step = async |progress| {
            current.progress(progress);
            current.checkpoint().await
        };
        store.verify(&damaged, step).await?;
    }
}

/// The result of an attempt to load a model.
enum Loaded {
    Running(Box<Clip>, ModelInfo, Option<Storing>),
    /// The stored model with this id is damaged.
    Damaged(String),
    /// The server had another version by the time the download finished.
    Superseded,
}

/// A pack, and its network on a device.
type Started = (Rc<StoredPack>, Result<(Clip, DeviceChoice), Error>);

/// Loads the model as soon as its head arrives, onto the device asked for or the faster one. `None`
/// if no model arrives.
async fn start(store: &ModelStore, device: Option<DeviceKind>, head: Head) -> Option<Started> {
    let device = devices::find(device, store, head.clone()).await?;
    let pack = head.await.ok()?;
    let started = match device {
        Ok((gpu, choice)) => Clip::load_or_fall_back(&*pack, gpu, choice).await,
        Err(error) => Err(Error::Compute(error)),
    };
    Some((pack, started))
}

async fn load_once(
    store: &ModelStore,
    wanted: &ModelRequest,
    device: Option<DeviceKind>,
    current: &RequestContext,
) -> Result<Loaded, Failure> {
    let progress = |progress| current.progress(progress);
    let head = store.head();
    let fetched = async {
        let model = source::load(store, wanted, &progress).await;
        store.head_is_of(model.as_ref().ok());
        model
    };
    let (model, started) = future::join(fetched, start(store, device, head)).await;
    let model = match model {
        Err(SourceError::Store(StoreError::Damaged(id))) => return Ok(Loaded::Damaged(id)),
        model => model?,
    };
    let version = model.pack.manifest().version().to_owned();
    let loaded = match (current.checkpoint().await, started) {
        (Err(cancelled), _) => Err(cancelled),
        (_, Some((pack, _))) if pack.manifest().version() != version => Ok(Loaded::Superseded),
        (_, None | Some((_, Err(Error::Weights(WeightsError::Damaged(_)))))) => {
            Ok(Loaded::Damaged(version))
        }
        (_, Some((_, Err(error)))) => Err(error.into()),
        (_, Some((_, Ok((clip, choice))))) => {
            let info = info(&model, choice);
            return Ok(Loaded::Running(Box::new(clip), info, model.storing));
        }
    };
    // Nothing else will wait until it is stored.
    if let Some(storing) = model.storing {
        storing.finish().await;
    }
    loaded
}

/// What the page is told about a loaded model.
fn info(model: &Model, choice: DeviceChoice) -> ModelInfo {
    let manifest = model.pack.manifest();
    let failed = choice.reason == DeviceReason::GpuFailed;
    let header = model.pack.index().header();
    ModelInfo {
        id: manifest.version().to_owned(),
        name: header.name.clone(),
        license: header.license.clone(),
        bytes: manifest.size as f64,
        image_size: header.config.vision.image_size() as u32,
        embedding_size: header.config.projection as u32,
        device: choice.device,
        reason: choice.reason,
        source: match model.storing {
            Some(_) => ModelSource::Storing,
            None => model.source,
        },
        notice: failed
            .then_some(GPU_FAILED)
            .or(model.notice)
            .map(str::to_owned),
    }
}
