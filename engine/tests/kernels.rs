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

async fn open(case: &str, tile: Tile) -> Option<Gpu> {
    match Gpu::tiles().await {
        Ok(tiles) if tiles.contains(&tile) => {}
        Ok(_) => {
            say(&format!(
                "SKIPPED {case} on {tile:?}: the adapter has not its arithmetic"
            ));
            return None;
        }
        // The tests' browser is started with a software adapter, so there it has one.
        Err(ComputeError::NoAdapter) if cfg!(not(target_arch = "wasm32")) => {
            say(&format!("SKIPPED {case}: {}", ComputeError::NoAdapter));
            return None;
        }
        Err(error) => panic!("{error}"),
    }
    match Gpu::with_tile(tile).await {
        Ok(gpu) => Some(gpu),
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
