//! GFLOP/s of each operation at the models' shapes, beside PyTorch's plain f32 product, which is
//! about the device's limit.

use std::time::Instant;

use glance_engine::compute::Compute;
use glance_engine::compute::cpu::Cpu;
use glance_engine::compute::gpu::Gpu;
use glance_kernel_speed::cases;
use serde_json::{Value, json};

use super::peer::Peer;
use super::{Turn, milliseconds, take_turns};

const PLAIN: &str = "plain f32 product";
/// Side of the plain product's matrices.
const SIDE: usize = 1024;
/// Runs of a kernel per wait.
const REPEATS: usize = 8;

/// All kernels on the CPU, and on the graphics card if there is one.
pub fn measure(card: bool, peer: &Peer, rounds: usize) -> Vec<Value> {
    let plain = |who| move || peer.run(who, "product", SIDE);
    let mut found = kernels(&Cpu::new(), "cpu", &plain("torch"), rounds);
    if card {
        let gpu = pollster::block_on(Gpu::new()).expect("the card was there before");
        found.extend(kernels(&gpu, "gpu", &plain("cuda"), rounds));
    }
    found
}

/// Each kernel in turns with the plain product.
fn kernels<C: Compute + 'static>(
    compute: &C,
    device: &str,
    plain: &dyn Fn() -> Option<f64>,
    rounds: usize,
) -> Vec<Value> {
    let plain_gigaflop = 2.0 * (SIDE as f64).powi(3) / 1e9;
    let mut found = Vec::new();
    for case in cases(compute).expect("matrices this small fit") {
        let gigaflop = REPEATS as f64 * case.operations / 1e9;
        let ours = || {
            let start = Instant::now();
            pollster::block_on(case.run(compute, REPEATS)).expect("the device computes");
            Some(milliseconds(start))
        };
        let turns: Vec<Turn> = vec![("ours", Box::new(ours)), (PLAIN, Box::new(plain))];
        found.extend(take_turns(turns, rounds, |who, samples| {
            let gigaflop = if who == PLAIN {
                plain_gigaflop
            } else {
                gigaflop
            };
            let rates: Vec<f64> = samples.iter().map(|time| gigaflop / time * 1e3).collect();
            json!({
                "part": "kernels", "model": format!("native {device}"), "device": device,
                "who": who, "what": case.name, "unit": "GFLOP/s", "samples": rates,
            })
        }));
    }
    found
}
