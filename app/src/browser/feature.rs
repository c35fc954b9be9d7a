//! What some browsers offer and others lack, or refuse to a page in a sandbox.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};

/// The property `name` of `owner`, where there is one of this class.
pub fn offered<T: JsCast>(owner: impl AsRef<JsValue>, name: &str) -> Option<T> {
    Reflect::get(owner.as_ref(), &name.into())
        .ok()?
        .dyn_into()
        .ok()
}
