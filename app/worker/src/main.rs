//! The worker: hosts the engine and answers the page, or helps another worker.

#[cfg(target_arch = "wasm32")]
use {js_sys::Function, wasm_bindgen::prelude::wasm_bindgen};

/// Answers the page's messages (`start_worker.js`). The function starts a helper.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn serve(start_helper: Function) {
    glance_engine::web::serve(start_helper);
}

/// Answers another worker's messages (`start_helper.js`).
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen]
pub fn help() {
    glance_engine::web::help();
}

/// Nothing to do outside a browser.
fn main() {}
