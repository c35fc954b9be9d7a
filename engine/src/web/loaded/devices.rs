//! The device that a model runs on, found while the model is fetched.

use wasm_bindgen::JsCast;
use web_sys::WorkerGlobalScope;

use glance_compute::gpu::Gpu;
use glance_compute::{ComputeError, DeviceChoice, DeviceKind, DeviceReason};

use crate::model::{Measured, measure};
use crate::open_device::{only_choice, open_fastest};
use crate::web::browser::adapter;
use crate::web::model_store::{Head, ModelStore, Trial};
use crate::weights::PackSource;

/// Opens the device asked for, or the faster one; no GPU stands for the processor. Where that is not
/// remembered it is measured, as soon as the model's head tells its shape, and so is how a GPU shares
/// out its work. `None` where no model comes.
///
/// # Errors
/// Those of a GPU that was asked for.
pub async fn find(
    asked: Option<DeviceKind>,
    store: &ModelStore,
    head: Head,
) -> Option<Result<(Option<Gpu>, DeviceChoice), ComputeError>> {
    let chosen = DeviceChoice::chosen;
    match asked {
        Some(device @ DeviceKind::Cpu) => Some(Ok((None, chosen(device)))),
        Some(device @ DeviceKind::Gpu) => {
            let gpu = asked_for(store, head).await?;
            Some(gpu.map(|gpu| (Some(gpu), chosen(device))))
        }
        None => Some(Ok(fastest(store, head).await?)),
    }
}

async fn asked_for(store: &ModelStore, head: Head) -> Option<Result<Gpu, ComputeError>> {
    let gpu = match Gpu::new().await {
        Ok(gpu) if !gpu.rivals().is_empty() => gpu,
        gpu => return Some(gpu),
    };
    let adapter = adapter::fingerprint().await.unwrap_or_default();
    let pack = head.await.ok()?;
    let version = pack.manifest().version();
    let circumstances = circumstances(&adapter);
    if let Some(measured) = remembered(store, version, &circumstances).await {
        gpu.set_tile(measured.tile);
        return Some(Ok(gpu));
    }
    Some(match measure(&gpu, &pack.index().header().config).await {
        Ok(measured) => {
            remember(store, version, circumstances, measured).await;
            Ok(gpu)
        }
        Err(reason) => Err(reason),
    })
}

async fn fastest(store: &ModelStore, head: Head) -> Option<(Option<Gpu>, DeviceChoice)> {
    let Some(adapter) = adapter::fingerprint().await else {
        return Some((None, DeviceChoice::cpu(DeviceReason::NoGpu)));
    };
    // The network's shape, which is on its way, makes no difference to it.
    if let Some(choice) = only_choice().await {
        return Some((None, choice));
    }
    let pack = head.await.ok()?;
    let version = pack.manifest().version();
    let circumstances = circumstances(&adapter);
    let remembered = remembered(store, version, &circumstances).await;
    let choice = remembered.map(|measured| DeviceChoice::faster(measured.speeds));
    if let Some(choice) = choice
        && choice.device == DeviceKind::Cpu
    {
        return Some((None, choice));
    }
    let config = &pack.index().header().config;
    let (gpu, choice, measured) = open_fastest(config, remembered).await;
    if let (Some(measured), None) = (measured, remembered) {
        remember(store, version, circumstances, measured).await;
    }
    Some((gpu, choice))
}

/// What was measured with a model, if nothing has changed since.
async fn remembered(store: &ModelStore, version: &str, circumstances: &str) -> Option<Measured> {
    let trial = store.trial(version).await?;
    (trial.circumstances == circumstances).then_some(trial.measured)
}

async fn remember(store: &ModelStore, version: &str, circumstances: String, measured: Measured) {
    let trial = Trial {
        circumstances,
        measured,
    };
    store.remember_trial(version, &trial).await;
}

fn circumstances(adapter: &str) -> String {
    format!("{adapter}; {}", code())
}

/// Where this program came from, which holds its version.
fn code() -> String {
    let worker: WorkerGlobalScope = js_sys::global().unchecked_into();
    worker.location().pathname()
}
