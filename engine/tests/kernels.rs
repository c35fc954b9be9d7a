//! The kernels on this machine's graphics device, natively and in a browser. A machine without
//! one skips them and says so; a software device such as Mesa's lavapipe runs them too.

mod kernel_cases;

use glance_engine::compute::ComputeError;
use glance_engine::compute::gpu::{Gpu, Tile};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Every way to share out work, of which an adapter would choose one.
const TILES: [Tile; 4] = [
    Tile::Register,
    Tile::Shared,
    Tile::SharedF16,
    Tile::SharedInteger,
];

/// The device, or none where there is no adapter, which is said aloud.
async fn open(case: &str) -> Option<Gpu> {
    match Gpu::new().await {
        Ok(gpu) => Some(gpu),
        // The tests' browser is started with a software adapter, so there it has one.
        Err(ComputeError::NoAdapter) if cfg!(not(target_arch = "wasm32")) => {
            say(&format!("SKIPPED {case}: {}", ComputeError::NoAdapter));
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Shares out work so, or says aloud that the adapter cannot.
fn choose(tile: Tile, gpu: &Gpu, case: &str) -> bool {
    gpu.set_tile(tile);
    let chosen = gpu.tile() == tile;
    if !chosen {
        say(&format!(
            "SKIPPED {case} on {tile:?}: the adapter has not its arithmetic"
        ));
    }
    chosen
}

/// Past the harness, which keeps the output of a passing test to itself.
fn say(line: &str) {
    use std::io::Write as _;
    writeln!(std::io::stderr(), "{line}").expect("standard error takes a line");
}

/// Runs a case with each tile on one device: most of its kernels are the same, and built once.
macro_rules! run {
    ($case:ident) => {
        async {
            let Some(gpu) = open(stringify!($case)).await else {
                return;
            };
            for tile in TILES {
                if choose(tile, &gpu, stringify!($case)) {
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
