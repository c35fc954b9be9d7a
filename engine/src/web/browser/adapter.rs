//! What the browser says about the graphics card, without opening it. wgpu does not pass on the vendor and
//! the architecture, so the browser is asked directly.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Tells one graphics card and its driver from another, as far as the browser lets us; `None`
/// where it offers none.
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
    // Some browsers do not have it yet; then the browser itself is all that is known.
    let info = get(&adapter, "info").unwrap_or_default();
    let known = ["vendor", "architecture", "device", "description"]
        .map(|name| text(&info, name).unwrap_or_default())
        .join(" ");
    let browser = text(&navigator, "userAgent").unwrap_or_default();
    adapter.is_object().then(|| format!("{known}; {browser}"))
}

/// A property that is there.
fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(of, &name.into()).ok()?;
    (!value.is_null_or_undefined()).then_some(value)
}
