//! Linear maps.

use std::iter;

use glance_engine::compute::gpu::{Gpu, KernelStrategy};
use glance_engine::compute::{Compute, Epilogue, Linear};

use super::{Case, Random, RandomMatrix, STORED, Stored, agree, assert_close};

const EPILOGUES: [Epilogue; 5] = [
    Epilogue::None,
    Epilogue::Relu,
    Epilogue::Relu6,
    Epilogue::QuickGelu,
    Epilogue::Gelu,
];

struct LinearCase {
    shape: Vec<usize>,
    x: Vec<f32>,
    weight: RandomMatrix,
    bias: Option<Vec<f32>>,
    epilogue: Epilogue,
    residual: Option<Vec<f32>>,
}

impl LinearCase {
    fn new(shape: &[usize], out: usize, stored: Stored, epilogue: Epilogue) -> Self {
        let mut random = Random(out as u64);
        let (columns, leading) = shape.split_last().expect("at least one dimension");
        let rows: usize = leading.iter().product();
        Self {
            shape: shape.to_vec(),
            x: random.floats(rows * columns),
            weight: RandomMatrix::new(&mut random, out, *columns, stored),
            bias: (out % 3 != 1).then(|| random.floats(out)),
            epilogue,
            residual: (rows % 3 != 1).then(|| random.floats(rows * out)),
        }
    }
}

impl Case for LinearCase {
    fn run<C: Compute>(&self, compute: &C) -> C::Tensor {
        let x = compute.tensor(&self.shape, &self.x);
        let out = self.weight.rows;
        let bias = self.bias.as_ref().map(|bias| compute.tensor(&[out], bias));
        let linear = Linear {
            weight: self.weight.on(compute),
            bias,
        };
        let mut shape = self.shape.clone();
        *shape.last_mut().expect("at least one dimension") = out;
        let residual = self
            .residual
            .as_ref()
            .map(|values| compute.tensor(&shape, values));
        compute.linear(&x, &linear, self.epilogue, residual.as_ref())
    }
}

pub async fn linear_maps(gpu: &Gpu) {
    let shapes: [(&[usize], usize); 10] = [
        (&[1, 1], 1),
        (&[1, 512], 512),
        (&[3, 7, 30], 9),
        (&[50, 768], 70),
        (&[8, 8], 8),
        (&[65, 64], 64),
        (&[64, 4], 129),
        (&[33, 70], 65),
        (&[5, 769], 6),
        // Enough for the largest tiles, and not a multiple of them.
        (&[2049, 70], 257),
    ];
    // Each stored type and each epilogue is tested with several shapes. All combinations would be
    // too many pipelines, which a software adapter compiles slowly.
    for (index, (shape, out)) in shapes.into_iter().enumerate() {
        let stored = STORED[index % STORED.len()];
        let epilogue = EPILOGUES[index % EPILOGUES.len()];
        let what = format!("linear {shape:?} to {out}, {stored:?}, {epilogue:?}");
        agree(
            gpu,
            &what,
            stored.tolerance(gpu),
            &LinearCase::new(shape, out, stored, epilogue),
        )
        .await;
    }
}

/// Values of `x · Φ(x)` and `x · σ(1.702 x)` from a double precision `erfc` and `exp`, and extreme
/// inputs.
pub async fn activations_at_known_points(gpu: &Gpu) {
    let x = [
        -1e30, -100.0, -6.0, -3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, 6.0, 100.0, 1e30,
    ];
    let gelu = [
        0.0,
        0.0,
        -5.919_526e-9,
        -0.004_049_694,
        -0.158_655_25,
        -0.154_268_77,
        0.0,
        0.345_731_23,
        0.841_344_8,
        2.995_950_3,
        6.0,
        100.0,
        1e30,
    ];
    let quick_gelu = [
        0.0,
        0.0,
        -2.203_535_5e-4,
        -0.018_071_31,
        -0.154_204_23,
        -0.149_611_56,
        0.0,
        0.350_388_44,
        0.845_795_77,
        2.981_928_7,
        5.999_779_6,
        100.0,
        1e30,
    ];
    let one = [1.0, 0.0, 0.0, 0.0];
    let data = glance_engine::compute::MatrixData {
        rows: 1,
        columns: 1,
        values: glance_engine::compute::MatrixValues::F32(&one),
    };
    let linear = Linear {
        weight: gpu.matrix(data).expect("one value fits"),
        bias: None,
    };
    let x_tensor = gpu.tensor(&[x.len(), 1], &x);
    for (epilogue, expected) in [(Epilogue::Gelu, gelu), (Epilogue::QuickGelu, quick_gelu)] {
        let found = gpu.linear(&x_tensor, &linear, epilogue, None);
        let found = gpu.read(&found).await.expect("a small product runs");
        for ((x, found), expected) in x.iter().zip(&found).zip(&expected) {
            if gpu.strategy() == KernelStrategy::SharedF16 && x.abs() > 1e4 {
                // Beyond the range of f16.
                continue;
            }
            let error = (found - expected).abs();
            let bound = 1e-6 * expected.abs().max(1.0);
            assert!(
                error <= bound,
                "{epilogue:?} of {x} is {found} and should be {expected}"
            );
        }
    }
}

/// A few rows give the same results alone as among many, which use other tiles.
pub async fn every_tile_sums_alike(gpu: &Gpu) {
    const FEW: usize = 5;
    const MANY: usize = 2048;
    const INPUTS: usize = 60;
    const OUTPUTS: usize = 256;
    let mut random = Random(11);
    let weight = RandomMatrix::new(&mut random, OUTPUTS, INPUTS, Stored::Int8);
    let linear = Linear {
        weight: weight.on(gpu),
        bias: None,
    };
    let x = random.floats(MANY * INPUTS);
    let run = async |rows: usize| {
        let x = gpu.tensor(&[rows, INPUTS], &x[..rows * INPUTS]);
        let y = gpu.linear(&x, &linear, Epilogue::None, None);
        gpu.read(&y).await.expect("a product runs")
    };
    let (few, many) = (run(FEW).await, run(MANY).await);
    // The next product rounds its inputs, which would amplify a difference in the last bit.
    let tolerance = match gpu.strategy() {
        KernelStrategy::SharedInteger => 0.0,
        _ => 1e-6,
    };
    assert_close("rows among many", &few, &many[..FEW * OUTPUTS], tolerance);
}

/// `SharedInteger` rounds inputs by the same rule on every device, to the bit: a weight of one in each
/// row shows them. Values half a step apart change if the inverse of a size is off by one bit.
pub async fn inputs_are_rounded_to_the_bit(gpu: &Gpu) {
    const UNIT: usize = 16;
    if gpu.strategy() != KernelStrategy::SharedInteger {
        return;
    }
    let mut random = Random(5);
    let mut int8 = vec![0; UNIT * UNIT];
    (0..UNIT).for_each(|row| int8[row * UNIT + row] = 1);
    let weight = RandomMatrix {
        int8,
        scales: vec![1.0; UNIT],
        ..RandomMatrix::new(&mut random, UNIT, UNIT, Stored::Int8)
    };
    let mut x: Vec<f32> = Vec::new();
    let mut expected = Vec::new();
    for exponent in -40..40 {
        for significand in 32..64u8 {
            let largest = 127.0 * f32::from(significand) * 2f32.powi(exponent - 5);
            // Rounded up to six significant bits.
            let bits = (largest * (1.0 / 127.0)).to_bits();
            let size = f32::from_bits((bits + 0x3ffff) & !0x3ffff);
            let others = (1..UNIT).map(|_| (random.below(240) as f32 - 119.5) * size);
            for value in iter::once(largest).chain(others) {
                x.push(value);
                expected.push((value * (1.0 / size)).round_ties_even() * size);
            }
        }
    }
    let linear = Linear {
        weight: weight.on(gpu),
        bias: None,
    };
    let x = gpu.tensor(&[x.len() / UNIT, UNIT], &x);
    let found = gpu.linear(&x, &linear, Epilogue::None, None);
    let found = gpu.read(&found).await.expect("a product runs");
    assert_eq!(found, expected);
}

/// Inputs that are whole steps, with another scale for each 16 columns, give the exact result.
pub async fn whole_numbers_are_multiplied_exactly(gpu: &Gpu) {
    let tolerance = match gpu.strategy() {
        // Terms may cancel, but their rounding errors do not.
        KernelStrategy::SharedF16 => 1e-2,
        _ => 0.0,
    };
    for (rows, inputs, outputs) in [(1, 4, 1), (7, 100, 9), (40, 16, 33), (2049, 36, 257)] {
        let mut random = Random(inputs as u64);
        let weight = RandomMatrix::new(&mut random, outputs, inputs, Stored::Int8);
        let weight = RandomMatrix {
            scales: vec![0.5; outputs],
            ..weight
        };
        let mut steps: Vec<i32> = (0..rows * inputs)
            .map(|_| random.below(255) as i32 - 127)
            .collect();
        let mut x = vec![0.0; rows * inputs];
        let units = steps.chunks_mut(inputs).zip(x.chunks_mut(inputs));
        for (steps, x) in units.flat_map(|(steps, x)| steps.chunks_mut(16).zip(x.chunks_mut(16))) {
            steps[0] = 127;
            let size = f32::from(1u8 << random.below(3));
            for (step, x) in steps.iter_mut().zip(x) {
                *x = *step as f32 * size;
                *step *= size as i32;
            }
        }
        let linear = Linear {
            weight: weight.on(gpu),
            bias: None,
        };
        let found = gpu.linear(
            &gpu.tensor(&[rows, inputs], &x),
            &linear,
            Epilogue::None,
            None,
        );
        let found = gpu.read(&found).await.expect("a product runs");
        let expected = steps.chunks(inputs).flat_map(|row| {
            weight.int8.chunks(inputs).map(|weights| {
                let products = row.iter().zip(weights);
                let sum: i32 = products
                    .map(|(step, weight)| step * i32::from(*weight))
                    .sum();
                sum as f32 * 0.5
            })
        });
        let expected: Vec<f32> = expected.collect();
        let what = format!("{rows} × {inputs} to {outputs}");
        assert_close(&what, &found, &expected, tolerance);
    }
}
