//! The device that a model runs on, found while the model is fetched.

use futures_channel::oneshot::Receiver;
use wasm_bindgen::JsCast;
use web_sys::WorkerGlobalScope;

use super::adapter;
use super::model_store::{Head, ModelStore, Trial};
use crate::compute::ComputeError;
use crate::compute::gpu::Gpu;
use crate::open_device::open_fastest;
use crate::{DeviceChoice, DeviceKind, DeviceReason};

/// Opens the device asked for, or the faster one; no GPU stands for the processor. Where that is not
/// remembered it is measured, as soon as the model's head tells its shape. `None` where no model
/// comes.
///
/// # Errors
/// Those of a GPU that was asked for.
pub(super) async fn find(
    asked: Option<DeviceKind>,
    store: &ModelStore,
    head: Receiver<Head>,
) -> Option<Result<(Option<Gpu>, DeviceChoice), ComputeError>> {
    let chosen = DeviceChoice::chosen;
    match asked {
        Some(device @ DeviceKind::Cpu) => Some(Ok((None, chosen(device)))),
        Some(device @ DeviceKind::Gpu) => {
            let gpu = Gpu::new().await;
            Some(gpu.map(|gpu| (Some(gpu), chosen(device))))
        }
        None => Some(Ok(fastest(store, head).await?)),
    }
}

async fn fastest(store: &ModelStore, head: Receiver<Head>) -> Option<(Option<Gpu>, DeviceChoice)> {
    let Some(adapter) = adapter::fingerprint().await else {
        return Some((None, DeviceChoice::cpu(DeviceReason::NoGpu)));
    };
    let Head { version, config } = head.await.ok()?;
    let circumstances = format!("{adapter}; {}", code());
    let remembered = store.trial(&version).await;
    let remembered = remembered.filter(|trial| trial.circumstances == circumstances);
    let speeds = remembered.map(|trial| trial.speeds);
    if let Some(choice) = speeds.map(DeviceChoice::faster)
        && choice.device == DeviceKind::Cpu
    {
        return Some((None, choice));
    }
    let (gpu, choice) = open_fastest(&config, speeds).await;
    if let (DeviceReason::Measured(measured), None) = (choice.reason, speeds) {
        let trial = Trial {
            circumstances,
            speeds: measured,
        };
        store.remember_trial(&version, &trial).await;
    }
    Some((gpu, choice))
}

/// Where this program came from, which holds its version.
fn code() -> String {
    let worker: WorkerGlobalScope = js_sys::global().unchecked_into();
    worker.location().pathname()
}
