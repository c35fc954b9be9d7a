//! The engine's operations at the models' shapes, ready to be timed: natively, and by JavaScript in
//! a browser, which also prepares pictures. `cargo xtask bench` runs them.

use glance_engine::compute::{
    Compute, ComputeError, Conv2d, Epilogue, Linear, MatrixData, MatrixValues,
};

#[cfg(target_arch = "wasm32")]
mod browser;

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

/// One operation on a device, with its operands there.
pub struct Case<C: Compute> {
    /// What it is, for a table.
    pub name: String,
    /// Multiplications and additions of one run.
    pub operations: f64,
    run: Run<C>,
}

type Run<C> = Box<dyn Fn(&C) -> <C as Compute>::Tensor>;

impl<C: Compute> Case<C> {
    /// Runs it `repeats` times and waits once, because a wait costs more than a small kernel.
    ///
    /// # Errors
    /// Whatever the device reports.
    pub async fn run(&self, compute: &C, repeats: usize) -> Result<(), ComputeError> {
        for _ in 1..repeats {
            drop((self.run)(compute));
        }
        compute.read(&(self.run)(compute)).await.map(drop)
    }
}

/// All cases, in the order of a table.
///
/// # Errors
/// [`ComputeError::OutOfMemory`] if the device has no room for some megabytes.
pub fn cases<C: Compute + 'static>(compute: &C) -> Result<Vec<Case<C>>, ComputeError> {
    let mut cases = Vec::new();
    for (rows, input, output) in LINEAR {
        let linear = linear(compute, input, output)?;
        let x = compute.tensor(&[1, rows, input], &vec![0.5; rows * input]);
        cases.push(Case {
            name: format!("linear {rows}×{input} to {output}"),
            operations: 2.0 * (rows * input * output) as f64,
            run: Box::new(move |compute: &C| compute.linear(&x, &linear, Epilogue::None, None)),
        });
    }
    for (batch, sequence, width, heads) in ATTENTION {
        let values = vec![0.5; batch * sequence * 3 * width];
        let qkv = compute.tensor(&[batch, sequence, 3 * width], &values);
        cases.push(Case {
            name: format!("attention {batch}×{sequence}×{width}, {heads} heads"),
            operations: 4.0 * (batch * sequence * sequence * width) as f64,
            run: Box::new(move |compute: &C| compute.attention(&qkv, heads, false)),
        });
    }
    for (side, input, output) in CONVOLUTION {
        let conv = Conv2d {
            linear: linear(compute, 9 * input, output)?,
            kernel: 3,
            stride: 1,
            padding: [1; 2],
        };
        let x = compute.tensor(&[1, side, side, input], &vec![0.5; side * side * input]);
        cases.push(Case {
            name: format!("convolution {side}²×{input} to {output}"),
            operations: 2.0 * (side * side * 9 * input * output) as f64,
            run: Box::new(move |compute: &C| compute.conv2d(&x, &conv, Epilogue::None, None)),
        });
    }
    Ok(cases)
}

/// An int8 map with a bias.
fn linear<C: Compute>(compute: &C, input: usize, output: usize) -> Result<Linear<C>, ComputeError> {
    let values: Vec<i8> = (0..input * output)
        .map(|index| (index % 251) as u8 as i8)
        .collect();
    let weight = compute.matrix(MatrixData {
        rows: output,
        columns: input,
        values: MatrixValues::Int8 {
            values: &values,
            scales: &vec![0.01; output],
        },
    })?;
    let bias = Some(compute.tensor(&[output], &vec![0.5; output]));
    Ok(Linear { weight, bias })
}
