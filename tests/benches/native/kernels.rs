//! Arithmetic a second of each operation at the models' shapes, beside a plain f32 product by
//! PyTorch, which is about what the device can do.

use std::time::Instant;

use glance_engine::compute::cpu::Cpu;
use glance_engine::compute::gpu::Gpu;
use glance_engine::compute::{Compute, Conv2d, Epilogue, Linear, MatrixData, MatrixValues};
use serde_json::{Value, json};

use super::peer::Peer;
use super::{Turn, milliseconds, take_turns};

/// Rows, input and output of linear maps: ViT-B/32 for one picture and for eight, its texts, and
/// TinyCLIP.
const LINEAR: [(usize, usize, usize); 6] = [
    (50, 768, 2304),
    (50, 768, 3072),
    (50, 3072, 768),
    (400, 768, 3072),
    (16 * 12, 512, 2048),
    (197, 256, 1024),
];
/// Batch, sequence, width and heads of attention.
const ATTENTION: [(usize, usize, usize, usize); 3] =
    [(1, 50, 768, 12), (8, 50, 768, 12), (1, 197, 256, 4)];
/// Side, input and output of 3 × 3 convolutions, as in a ResNet-50.
const CONVOLUTION: [(usize, usize, usize); 2] = [(56, 64, 64), (14, 256, 256)];
const PLAIN: &str = "plain f32 product";
/// Of the plain product.
const SIDE: usize = 1024;
/// Runs of a kernel behind one wait: a wait costs more than a small kernel.
const REPEATS: usize = 8;

/// All kernels on the processor, and on the graphics card where there is one.
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
fn kernels<C: Compute>(
    compute: &C,
    device: &str,
    plain: &dyn Fn() -> Option<f64>,
    rounds: usize,
) -> Vec<Value> {
    let plain_gigaflop = 2.0 * (SIDE as f64).powi(3) / 1e9;
    let mut found = Vec::new();
    let mut add = |what: String, operations: f64, run: &dyn Fn() -> C::Tensor| {
        let gigaflop = REPEATS as f64 * operations / 1e9;
        let turns: Vec<Turn> = vec![
            ("ours", Box::new(|| Some(time(compute, run)))),
            (PLAIN, Box::new(plain)),
        ];
        found.extend(take_turns(turns, rounds, |who, samples| {
            let gigaflop = if who == PLAIN {
                plain_gigaflop
            } else {
                gigaflop
            };
            let rates: Vec<f64> = samples.iter().map(|time| gigaflop / time * 1e3).collect();
            json!({
                "part": "kernels", "model": device, "device": device, "who": who, "what": what,
                "unit": "GFLOP/s", "samples": rates,
            })
        }));
    };
    for (rows, input, output) in LINEAR {
        let linear = linear(compute, input, output);
        let x = compute.tensor(&[1, rows, input], &vec![0.5; rows * input]);
        let what = format!("linear {rows}×{input} to {output}");
        add(what, 2.0 * (rows * input * output) as f64, &|| {
            compute.linear(&x, &linear, Epilogue::None, None)
        });
    }
    for (batch, sequence, width, heads) in ATTENTION {
        let values = vec![0.5; batch * sequence * 3 * width];
        let qkv = compute.tensor(&[batch, sequence, 3 * width], &values);
        let what = format!("attention {batch}×{sequence}×{width}, {heads} heads");
        add(
            what,
            4.0 * (batch * sequence * sequence * width) as f64,
            &|| compute.attention(&qkv, heads, false),
        );
    }
    for (side, input, output) in CONVOLUTION {
        let conv = Conv2d {
            linear: linear(compute, 9 * input, output),
            kernel: 3,
            stride: 1,
            padding: 1,
        };
        let x = compute.tensor(&[1, side, side, input], &vec![0.5; side * side * input]);
        let what = format!("convolution {side}²×{input} to {output}");
        add(
            what,
            2.0 * (side * side * 9 * input * output) as f64,
            &|| compute.conv2d(&x, &conv, Epilogue::None, None),
        );
    }
    found
}

/// An int8 map with a bias.
fn linear<C: Compute>(compute: &C, input: usize, output: usize) -> Linear<C> {
    let values: Vec<i8> = (0..input * output)
        .map(|index| (index % 251) as u8 as i8)
        .collect();
    let data = MatrixData {
        rows: output,
        columns: input,
        values: MatrixValues::Int8 {
            values: &values,
            scales: &vec![0.01; output],
        },
    };
    Linear {
        weight: compute.matrix(data).expect("a matrix this small fits"),
        bias: Some(compute.tensor(&[output], &vec![0.5; output])),
    }
}

/// Milliseconds of so many repeats and the wait for the last.
fn time<C: Compute>(compute: &C, run: &dyn Fn() -> C::Tensor) -> f64 {
    let start = Instant::now();
    for _ in 1..REPEATS {
        drop(run());
    }
    let last = run();
    pollster::block_on(compute.read(&last)).expect("the device computes");
    milliseconds(start)
}
