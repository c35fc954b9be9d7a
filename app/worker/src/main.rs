//! The worker: hosts the engine and answers the page, or helps another worker.

use wasm_bindgen::prelude::wasm_bindgen;

/// Answers the page's messages (`start_worker.js`).
#[wasm_bindgen]
pub fn serve() {
    #[cfg(target_arch = "wasm32")]
    glance_engine::web::serve("start_helper.js");
}

/// Answers another worker's messages (`start_helper.js`).
#[wasm_bindgen]
pub fn help() {
    #[cfg(target_arch = "wasm32")]
    glance_engine::web::help();
}

/// Nothing to do outside a browser.
fn main() {}
