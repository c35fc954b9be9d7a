//! The engine against PyTorch on every architecture: on this processor and, where there is an
//! adapter, on the GPU; natively and in the browser.

mod common;
mod ensembles;

use common::{assert_batch_independence, assert_parity};
use ensembles::{assert_ensemble_parity, assert_ensemble_properties};
use glance_engine::DeviceKind;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Whether there is a GPU to test on, said aloud where there is none. In the browser the runner
/// starts Chromium with one, so there its absence is a failure.
async fn gpu() -> bool {
    match glance_engine::compute::gpu::Gpu::new().await {
        Ok(_) => true,
        Err(reason) if cfg!(target_arch = "wasm32") => panic!("{reason}"),
        Err(reason) => {
            eprintln!("SKIPPED on the GPU: {reason}");
            false
        }
    }
}

async fn gpu_parity() {
    if gpu().await {
        assert_parity(DeviceKind::Gpu).await;
    }
}

async fn gpu_batch_independence() {
    if gpu().await {
        assert_batch_independence(DeviceKind::Gpu).await;
    }
}

async fn gpu_ensembles() {
    if gpu().await {
        assert_ensemble_parity(DeviceKind::Gpu).await;
        assert_ensemble_properties(DeviceKind::Gpu).await;
    }
}

macro_rules! tests {
    ($($name:ident: $body:expr;)*) => {$(
        #[cfg(target_arch = "wasm32")]
        #[wasm_bindgen_test]
        async fn $name() {
            $body.await;
        }

        #[cfg(not(target_arch = "wasm32"))]
        #[test]
        fn $name() {
            pollster::block_on($body);
        }
    )*};
}

tests! {
    the_cpu_equals_pytorch: assert_parity(DeviceKind::Cpu);
    the_gpu_equals_pytorch: gpu_parity();
    ensembles_equal_pytorch_on_the_cpu: assert_ensemble_parity(DeviceKind::Cpu);
    ensembles_hold_their_promises_on_the_cpu: assert_ensemble_properties(DeviceKind::Cpu);
    ensembles_equal_pytorch_and_hold_on_the_gpu: gpu_ensembles();
    nothing_depends_on_the_batch_on_the_cpu: assert_batch_independence(DeviceKind::Cpu);
    nothing_depends_on_the_batch_on_the_gpu: gpu_batch_independence();
}
