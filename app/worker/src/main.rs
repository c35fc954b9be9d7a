//! The worker: hosts the engine and answers the page.

/// Runs when the module is loaded; everything after is an answer to a message.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    #[cfg(target_arch = "wasm32")]
    glance_engine::web::serve("start_helper.js");
}

/// Nothing to do outside a browser.
fn main() {}
