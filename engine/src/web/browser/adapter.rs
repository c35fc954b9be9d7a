//! Identifies the graphics card without opening it. wgpu does not pass on the vendor and the
//! architecture, so this asks WebGPU directly.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Identifies the graphics card, its driver and the browser, as far as the browser reveals them;
/// `None` without an adapter.
pub async fn fingerprint() -> Option<String> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    let gpu = get(&navigator, "gpu")?;
    let request: Function = get(&gpu, "requestAdapter")?.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(
        &options,
        &"powerPreference".into(),
        &"high-performance".into(),
    )
    .ok()?;
    let asked: Promise = request.call1(&gpu, &options).ok()?.dyn_into().ok()?;
    let adapter = JsFuture::from(asked).await.ok()?;
    let text = |of: &JsValue, name| get(of, name).and_then(|value| value.as_string());
    // Some browsers lack `info`; then only the user agent is known.
    let info = get(&adapter, "info").unwrap_or_default();
    let known = ["vendor", "architecture", "device", "description"]
        .map(|name| text(&info, name).unwrap_or_default())
        .join(" ");
    let browser = text(&navigator, "userAgent").unwrap_or_default();
    adapter.is_object().then(|| format!("{known}; {browser}"))
}

/// A property that is neither null nor undefined.
fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(of, &name.into()).ok()?;
    (!value.is_null_or_undefined()).then_some(value)
}
