//! SHA-256 of bytes outside WebAssembly's memory.

use js_sys::Uint8Array;
use sha2::{Digest, Sha256};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::WorkerGlobalScope;

use crate::weights::hexadecimal;

/// The hash in hexadecimal. Uses Web Crypto if it exists (in pages from https or this machine): it
/// is several times faster and does not block the worker.
pub async fn sha256(bytes: &Uint8Array) -> String {
    match by_browser(bytes).await {
        Some(hash) => hash,
        None => hexadecimal(&Sha256::digest(bytes.to_vec())),
    }
}

async fn by_browser(bytes: &Uint8Array) -> Option<String> {
    let worker: WorkerGlobalScope = js_sys::global().unchecked_into();
    let subtle = worker.crypto().ok()?.subtle();
    if subtle.is_undefined() {
        return None;
    }
    let digest = subtle
        .digest_with_str_and_buffer_source("SHA-256", bytes)
        .ok()?;
    let digest = JsFuture::from(digest).await.ok()?;
    Some(hexadecimal(&Uint8Array::new(&digest).to_vec()))
}
