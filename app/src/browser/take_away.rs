//! Hands something to the person: as a file, or on the clipboard.

use gloo_timers::callback::Timeout;
use js_sys::{Array, Uint8Array};
use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, Clipboard, HtmlAnchorElement, Url};

use crate::browser::feature::property;

/// Time after which the browser has read a file that it saves.
const SAVED_MILLISECONDS: u32 = 60_000;

/// Saves bytes as a file where the browser keeps downloads.
///
/// # Errors
/// Those of the browser.
pub fn save(name: &str, kind: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = Array::of1(&Uint8Array::from(bytes));
    save_blob(
        name,
        &Blob::new_with_u8_array_sequence_and_options(&parts, &options)?,
    )
}

/// Saves a blob as a file where the browser keeps downloads.
///
/// # Errors
/// Those of the browser.
pub fn save_blob(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = Url::create_object_url_with_blob(blob)?;
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    Timeout::new(SAVED_MILLISECONDS, move || {
        let _ = Url::revoke_object_url(&url);
    })
    .forget();
    Ok(())
}

/// Puts a text on the clipboard.
///
/// # Errors
/// Those of the browser, which may forbid it. Pages from plain http have no clipboard.
pub async fn copy(text: &str) -> Result<(), JsValue> {
    let clipboard: Option<Clipboard> = property(window().navigator(), "clipboard");
    let clipboard = clipboard.ok_or(JsValue::UNDEFINED)?;
    JsFuture::from(clipboard.write_text(text)).await.map(drop)
}
