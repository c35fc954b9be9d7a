//! Properties that some browsers lack, or refuse to a page in a sandbox.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};

/// The property `name` of `owner`, if it exists and has this class.
pub fn property<T: JsCast>(owner: impl AsRef<JsValue>, name: &str) -> Option<T> {
    Reflect::get(owner.as_ref(), &name.into())
        .ok()?
        .dyn_into()
        .ok()
}
