//! The engine against PyTorch on every architecture: on this processor and, where there is an
//! adapter, on the GPU; natively and in the browser.

mod common;
mod ensembles;

use common::{On, assert_batch_independence, assert_parity};
use ensembles::{assert_ensemble_parity, assert_ensemble_properties};
use glance_engine::compute::gpu::{Gpu, KernelStrategy};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Every way to share out work on the GPU, or none where there is no GPU, which is said aloud. In
/// the browser the runner starts Chromium with one, so there its absence is a failure.
async fn strategies() -> Vec<KernelStrategy> {
    match Gpu::strategies().await {
        Ok(strategies) => {
            for strategy in [KernelStrategy::SharedF16, KernelStrategy::SharedInteger] {
                if !strategies.contains(&strategy) {
                    eprintln!("SKIPPED on {strategy:?}: the adapter lacks its arithmetic");
                }
            }
            strategies
        }
        Err(reason) if cfg!(target_arch = "wasm32") => panic!("{reason}"),
        Err(reason) => {
            eprintln!("SKIPPED on the GPU: {reason}");
            Vec::new()
        }
    }
}

async fn gpu_parity() {
    for strategy in strategies().await {
        assert_parity(On::Gpu(strategy)).await;
    }
}

async fn gpu_batch_independence() {
    for strategy in strategies().await {
        assert_batch_independence(On::Gpu(strategy)).await;
    }
}

async fn gpu_ensembles() {
    // Averages of what the other tests compare with each strategy.
    if let Some(strategy) = strategies().await.first() {
        assert_ensemble_parity(On::Gpu(*strategy)).await;
        assert_ensemble_properties(On::Gpu(*strategy)).await;
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
    the_cpu_equals_pytorch: assert_parity(On::Cpu);
    the_gpu_equals_pytorch: gpu_parity();
    ensembles_equal_pytorch_on_the_cpu: assert_ensemble_parity(On::Cpu);
    ensembles_hold_their_promises_on_the_cpu: assert_ensemble_properties(On::Cpu);
    ensembles_equal_pytorch_and_hold_on_the_gpu: gpu_ensembles();
    nothing_depends_on_the_batch_on_the_cpu: assert_batch_independence(On::Cpu);
    nothing_depends_on_the_batch_on_the_gpu: gpu_batch_independence();
}
