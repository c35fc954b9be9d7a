//! The engine against PyTorch on every architecture: on the CPU and, if there is an adapter, on the
//! GPU; natively and in the browser.

mod common;
mod ensembles;
mod regions;

#[cfg(not(target_arch = "wasm32"))]
use common::assert_rounding_decides_nothing;
use common::{TestDevice, assert_batch_independence, assert_parity};
use ensembles::{assert_ensemble_parity, assert_ensemble_properties};
use glance_engine::compute::gpu::{Gpu, KernelStrategy};
use regions::assert_region_parity;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// The strategies that the GPU supports; none without a GPU, which is printed. In the browser the
/// runner starts Chromium with one, so its absence is a failure.
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
        assert_parity(TestDevice::Gpu(strategy)).await;
    }
}

async fn gpu_batch_independence() {
    for strategy in strategies().await {
        assert_batch_independence(TestDevice::Gpu(strategy)).await;
    }
}

async fn gpu_regions() {
    for strategy in strategies().await {
        assert_region_parity(TestDevice::Gpu(strategy)).await;
    }
}

async fn gpu_ensembles() {
    // One strategy suffices, because ensembles are averages of what the other tests compare.
    if let Some(strategy) = strategies().await.first() {
        assert_ensemble_parity(TestDevice::Gpu(*strategy)).await;
        assert_ensemble_properties(TestDevice::Gpu(*strategy)).await;
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
    the_cpu_equals_pytorch: assert_parity(TestDevice::Cpu);
    the_gpu_equals_pytorch: gpu_parity();
    regions_equal_pytorch_on_the_cpu: assert_region_parity(TestDevice::Cpu);
    regions_equal_pytorch_on_the_gpu: gpu_regions();
    ensembles_equal_pytorch_on_the_cpu: assert_ensemble_parity(TestDevice::Cpu);
    ensembles_hold_their_promises_on_the_cpu: assert_ensemble_properties(TestDevice::Cpu);
    ensembles_equal_pytorch_and_hold_on_the_gpu: gpu_ensembles();
    nothing_depends_on_the_batch_on_the_cpu: assert_batch_independence(TestDevice::Cpu);
    nothing_depends_on_the_batch_on_the_gpu: gpu_batch_independence();
}

/// Natively only: it is about the fixtures, which are the same in a browser.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn rounding_decides_nothing_in_a_fixture() {
    pollster::block_on(async {
        assert_rounding_decides_nothing(TestDevice::Cpu).await;
        let integer = KernelStrategy::SharedInteger;
        if strategies().await.contains(&integer) {
            assert_rounding_decides_nothing(TestDevice::Gpu(integer)).await;
        }
    });
}
