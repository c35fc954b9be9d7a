//! A model on its way to a device.

use futures::future;

use super::devices;
use super::host::Current;
use super::model_store::{ModelStore, StoreError, Storing};
use super::models::{self, Wanted};
use super::protocol::{Failure, ModelInfo, ModelSource};
use crate::weights::{PackSource, WeightsError};
use crate::{Clip, DeviceKind, DeviceReason, Error};

const GPU_FAILED: &str = "The graphics card failed at this model, so it runs on the processor.";

/// Makes a model ready on the device asked for, or on the faster one. One that turns out to be
/// damaged is repaired once.
pub(super) async fn load(
    wanted: &Wanted,
    device: Option<DeviceKind>,
    current: &Current,
) -> Result<(Clip, ModelInfo, Option<Storing>), Failure> {
    let store = ModelStore::open().await;
    let mut repaired = false;
    loop {
        let damaged = match load_stored(&store, wanted, device, current).await? {
            Loaded::Running(clip, info, storing) => return Ok((*clip, info, storing)),
            Loaded::Damaged(id) if repaired => return Err(StoreError::Damaged(id).into()),
            Loaded::Damaged(id) => id,
        };
        repaired = true;
        // What is damaged goes, and is fetched again like all that is missing.
        let step = async |progress| {
            current.progress(progress);
            current.checkpoint().await
        };
        store.verify(&damaged, step).await?;
    }
}

/// How the start of a model went.
enum Loaded {
    Running(Box<Clip>, ModelInfo, Option<Storing>),
    /// What is stored of this one is not what it should be.
    Damaged(String),
}

async fn load_stored(
    store: &ModelStore,
    wanted: &Wanted,
    device: Option<DeviceKind>,
    current: &Current,
) -> Result<Loaded, Failure> {
    let progress = |progress| current.progress(progress);
    let head = store.head();
    let fetched = async {
        let model = models::load(store, wanted, &progress).await;
        store.head_is_of(model.as_ref().ok());
        model
    };
    let (model, device) = future::join(fetched, devices::find(device, store, head)).await;
    let mut model = match model {
        Err(StoreError::Damaged(id)) => return Ok(Loaded::Damaged(id)),
        model => model?,
    };
    let started = async {
        current.checkpoint().await?;
        let version = || model.pack.manifest().version().to_owned();
        let device = device.ok_or_else(|| StoreError::Damaged(version()))?;
        let (gpu, choice) = device.map_err(Error::Compute)?;
        Ok::<_, Failure>(Clip::load_or_fall_back(&model.pack, gpu, choice).await)
    };
    let started = started.await;
    let runs = matches!(started, Ok(Ok(_)));
    if let Some(storing) = model.storing.take_if(|_| !runs) {
        storing.hurry().await;
    }
    let manifest = model.pack.manifest();
    let (clip, choice) = match started? {
        Err(Error::Weights(WeightsError::Damaged(_))) => {
            return Ok(Loaded::Damaged(manifest.version().to_owned()));
        }
        loaded => loaded?,
    };
    current.checkpoint().await?;
    let failed = choice.reason == DeviceReason::GpuFailed;
    let header = model.pack.index().header();
    let info = ModelInfo {
        id: manifest.version().to_owned(),
        name: header.name.clone(),
        license: header.license.clone(),
        bytes: manifest.size as f64,
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
    };
    Ok(Loaded::Running(Box::new(clip), info, model.storing))
}
