//! The burn model on burn-wgpu against PyTorch on every architecture, in the browser on WebGPU; the
//! trainer's tests do the same natively.

#![cfg(target_arch = "wasm32")]

mod burn_wgpu;
// The engine's own parity tests use all of it.
#[allow(dead_code)]
mod common;
// The trainer's tests use all of it.
#[allow(dead_code)]
mod burn_parity;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn the_burn_model_equals_pytorch() {
    if let Some(device) = burn_wgpu::device().await {
        burn_parity::assert_burn_parity(&device).await;
    }
}
