//! The kernels on this machine's GPU, natively and in a browser. Without one they are skipped with
//! a message. A software adapter such as Mesa's lavapipe runs them too.

mod kernel_cases;

use glance_engine::compute::ComputeError;
use glance_engine::compute::gpu::{Gpu, KernelStrategy};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// All strategies, of which an adapter would choose one.
const STRATEGIES: [KernelStrategy; 4] = [
    KernelStrategy::Register,
    KernelStrategy::Shared,
    KernelStrategy::SharedF16,
    KernelStrategy::SharedInteger,
];

/// Opens the GPU. Without an adapter it prints that the case is skipped.
async fn open(case: &str) -> Option<Gpu> {
    match Gpu::new().await {
        Ok(gpu) => Some(gpu),
        // The tests' browser is started with a software adapter, so there it must have one.
        Err(ComputeError::NoAdapter) if cfg!(not(target_arch = "wasm32")) => {
            say(&format!("SKIPPED {case}: {}", ComputeError::NoAdapter));
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Sets a strategy. If the adapter does not support it, prints that the case is skipped.
fn choose(strategy: KernelStrategy, gpu: &Gpu, case: &str) -> bool {
    gpu.set_strategy(strategy);
    let chosen = gpu.strategy() == strategy;
    if !chosen {
        say(&format!(
            "SKIPPED {case} on {strategy:?}: the adapter lacks its arithmetic"
        ));
    }
    chosen
}

/// Prints to standard error directly, because the harness hides the output of passing tests.
fn say(line: &str) {
    use std::io::Write as _;
    writeln!(std::io::stderr(), "{line}").expect("standard error takes a line");
}

/// Runs a case with each strategy on one device, so that kernels which they share are compiled
/// once.
macro_rules! run {
    ($case:ident) => {
        async {
            let Some(gpu) = open(stringify!($case)).await else {
                return;
            };
            for strategy in STRATEGIES {
                if choose(strategy, &gpu, stringify!($case)) {
                    kernel_cases::$case(&gpu).await;
                }
            }
        }
    };
}

macro_rules! test {
    ($case:ident) => {
        #[cfg(target_arch = "wasm32")]
        #[wasm_bindgen_test]
        async fn $case() {
            run!($case).await;
        }

        #[cfg(not(target_arch = "wasm32"))]
        #[test]
        fn $case() {
            pollster::block_on(run!($case));
        }
    };
}

for_each_case!(test);
