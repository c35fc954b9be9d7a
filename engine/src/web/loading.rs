//! A stored model on its way to a device.

use super::embeddings::Embeddings;
use super::host::Current;
use super::model_store::{ModelStore, StoreError};
use super::models::{self, Wanted};
use super::protocol::{Failure, ModelInfo};
use crate::weights::{PackSource, WeightsError};
use crate::{DeviceKind, Error};

/// Makes a model ready. One that turns out to be damaged is repaired once.
pub(super) async fn load(
    wanted: &Wanted,
    device: Option<DeviceKind>,
    current: &Current,
) -> Result<(Embeddings, ModelInfo), Failure> {
    let store = ModelStore::open().await;
    let mut repaired = false;
    loop {
        let damaged = match load_stored(&store, wanted, device, current).await? {
            Loaded::Running(engine, info) => return Ok((*engine, info)),
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
    Running(Box<Embeddings>, ModelInfo),
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
    let mut model = match models::load(store, wanted, &progress).await {
        Err(StoreError::Damaged(id)) => return Ok(Loaded::Damaged(id)),
        model => model?,
    };
    // Its pieces are stored meanwhile.
    let started = match current.checkpoint().await {
        Ok(()) => Ok(start(&model.pack, device).await),
        Err(cancelled) => Err(cancelled),
    };
    store.finish(&mut model).await;
    let manifest = model.pack.manifest();
    let (engine, device, fallback) = match started? {
        Err(Error::Weights(WeightsError::Damaged(_))) => {
            return Ok(Loaded::Damaged(manifest.version().to_owned()));
        }
        started => started?,
    };
    current.checkpoint().await?;
    let header = model.pack.index().header();
    let info = ModelInfo {
        id: manifest.version().to_owned(),
        name: header.name.clone(),
        license: header.license.clone(),
        bytes: manifest.size as f64,
        device,
        source: model.source,
        notice: fallback.or(model.notice.map(str::to_owned)),
    };
    Ok(Loaded::Running(Box::new(engine), info))
}

/// Starts on the device asked for, or on the one that suits; the CPU is always there to fall back
/// on, unless the person asked for the other.
async fn start(
    pack: &impl PackSource,
    asked: Option<DeviceKind>,
) -> Result<(Embeddings, DeviceKind, Option<String>), Error> {
    let device = match asked {
        Some(device) => device,
        None => DeviceKind::detect().await,
    };
    match Embeddings::new(pack, device).await {
        Err(Error::Compute(reason)) if asked.is_none() && device == DeviceKind::Gpu => {
            let engine = Embeddings::new(pack, DeviceKind::Cpu).await?;
            Ok((
                engine,
                DeviceKind::Cpu,
                Some(format!("Running on the processor. {reason}")),
            ))
        }
        engine => Ok((engine?, device, None)),
    }
}
