//! Values in the browser's local storage, as JSON.
//!
//! A browser may refuse local storage; the page then works without it. So every access asks for it
//! again.
//!
//! ```text
//! persistence   asks the browser to keep stored data
//! ```

pub mod persistence;

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use web_sys::Storage;

/// The value stored under `key`, if it can be read.
pub fn load<T: DeserializeOwned>(key: &str) -> Option<T> {
    let text = storage()?.get_item(key).ok()??;
    let value = js_sys::JSON::parse(&text).ok()?;
    serde_wasm_bindgen::from_value(value).ok()
}

/// Stores a value under `key`. Returns whether the browser took it; it does not if the storage is
/// full.
pub fn save<T: Serialize>(key: &str, value: &T) -> bool {
    let text = serde_wasm_bindgen::to_value(value)
        .map_err(JsValue::from)
        .and_then(|value| js_sys::JSON::stringify(&value));
    let (Some(storage), Ok(text)) = (storage(), text) else {
        return false;
    };
    storage.set_item(key, &String::from(text)).is_ok()
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
