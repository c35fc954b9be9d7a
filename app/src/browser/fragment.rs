//! The fragment of the page's URL: what follows `#`. Browsers send it to no server.

use wasm_bindgen::JsValue;

use crate::browser::address;

/// The fragment without its `#`, as the browser encodes it.
pub fn read() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    let hash = hash.unwrap_or_default();
    hash.strip_prefix('#').unwrap_or(&hash).to_owned()
}

/// Replaces the fragment without a new entry in the history.
pub fn replace(fragment: &str) {
    // If this fails, the next reload reads the old fragment again.
    address::replace(|url| url.set_hash(fragment));
}

/// Puts a fragment into the page's URL as a new entry of the history.
pub fn push(fragment: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    if let Some(history) = history {
        // If this fails, only Back does not lead here.
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&format!("#{fragment}")));
    }
}
