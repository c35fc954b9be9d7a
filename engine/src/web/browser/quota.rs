//! The browser's storage quota for this page.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{StorageEstimate, StorageManager, WorkerGlobalScope};

/// Estimated remaining quota in bytes; `None` if the browser does not report it.
pub async fn free() -> Option<f64> {
    let (usage, quota) = estimate().await?;
    Some((quota - usage).max(0.0))
}

/// Estimated usage and quota in bytes.
pub async fn estimate() -> Option<(f64, f64)> {
    let estimate: StorageEstimate = settled(manager()?.estimate().ok()?).await?.unchecked_into();
    estimate.get_usage().zip(estimate.get_quota())
}

/// Whether the browser promised to keep stored data.
pub async fn persisted() -> bool {
    let asked = manager().and_then(|manager| manager.persisted().ok());
    match asked {
        Some(asked) => settled(asked)
            .await
            .is_some_and(|answer| answer.is_truthy()),
        None => false,
    }
}

/// Pages from plain http have none.
fn manager() -> Option<StorageManager> {
    let worker: WorkerGlobalScope = js_sys::global().unchecked_into();
    let manager = worker.navigator().storage();
    manager.is_object().then_some(manager)
}

async fn settled(promise: Promise) -> Option<JsValue> {
    JsFuture::from(promise).await.ok()
}
