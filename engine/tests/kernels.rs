//! The kernels on this machine's graphics device, natively. A machine without one skips them and
//! says so; a software device such as Mesa's lavapipe runs them too.
#![cfg(not(target_arch = "wasm32"))]

mod kernel_cases;

use std::io::Write as _;

use glance_engine::compute::ComputeError;
use glance_engine::compute::gpu::{Gpu, Tile};

macro_rules! native {
    ($case:ident) => {
        #[test]
        fn $case() {
            for tile in [Tile::Register, Tile::Shared] {
                match pollster::block_on(Gpu::with_tile(tile)) {
                    Ok(gpu) => pollster::block_on(kernel_cases::$case(&gpu)),
                    Err(error @ ComputeError::NoAdapter) => {
                        // Past the harness, which keeps the output of a passing test to itself.
                        writeln!(std::io::stderr(), "SKIPPED {}: {error}", stringify!($case))
                            .expect("standard error takes a line");
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        }
    };
}

for_each_case!(native);
