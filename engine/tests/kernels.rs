//! The kernels on this machine's graphics device, natively and in a browser. A machine without
//! one skips them and says so; a software device such as Mesa's lavapipe runs them too.

mod kernel_cases;

use glance_engine::compute::ComputeError;
use glance_engine::compute::gpu::{Gpu, Tile};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Both ways to share out a matrix product, of which an adapter would choose one.
const TILES: [Tile; 2] = [Tile::Register, Tile::Shared];

async fn open(case: &str, tile: Tile) -> Option<Gpu> {
    match Gpu::with_tile(tile).await {
        Ok(gpu) => Some(gpu),
        // The tests' browser is started with a software adapter, so there it has one.
        Err(ComputeError::NoAdapter) if cfg!(not(target_arch = "wasm32")) => {
            say(&format!("SKIPPED {case}: {}", ComputeError::NoAdapter));
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Past the harness, which keeps the output of a passing test to itself.
fn say(line: &str) {
    use std::io::Write as _;
    writeln!(std::io::stderr(), "{line}").expect("standard error takes a line");
}

macro_rules! test {
    ($case:ident) => {
        #[cfg(target_arch = "wasm32")]
        #[wasm_bindgen_test]
        async fn $case() {
            for tile in TILES {
                if let Some(gpu) = open(stringify!($case), tile).await {
                    kernel_cases::$case(&gpu).await;
                }
            }
        }

        #[cfg(not(target_arch = "wasm32"))]
        #[test]
        fn $case() {
            for tile in TILES {
                if let Some(gpu) = pollster::block_on(open(stringify!($case), tile)) {
                    pollster::block_on(kernel_cases::$case(&gpu));
                }
            }
        }
    };
}

for_each_case!(test);
