//! A test of the device's arithmetic beside IEEE 754. WGSL allows a device to round some operations
//! loosely (section "Floating point accuracy"); the test prints what this device does, and fails where
//! the kernels rely on more than it gives.

use super::Gpu;
use crate::{Compute, ComputeError};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test_configure!(run_in_dedicated_worker);

const COUNT: usize = 8192;
const WORKGROUP: u32 = 64;

/// An operation, in WGSL and as IEEE rounds it.
struct Operation {
    name: &'static str,
    /// Of `x` and `y`.
    wgsl: &'static str,
    right: fn(f64, f64) -> f64,
    /// Largest error that the kernels bear, in units in the last place.
    bearable: f64,
}

const OPERATIONS: [Operation; 8] = [
    Operation {
        name: "sum",
        wgsl: "x + y",
        right: |x, y| x + y,
        bearable: 0.5,
    },
    Operation {
        name: "product",
        wgsl: "x * y",
        right: |x, y| x * y,
        bearable: 0.5,
    },
    Operation {
        name: "reciprocal",
        wgsl: "1.0 / x",
        right: |x, _| 1.0 / x,
        bearable: 2.5,
    },
    Operation {
        name: "quotient",
        wgsl: "x / y",
        right: |x, y| x / y,
        bearable: 2.5,
    },
    Operation {
        name: "square root",
        wgsl: "sqrt(x)",
        right: |x, _| x.sqrt(),
        bearable: 5.0,
    },
    Operation {
        name: "reciprocal of the square root",
        wgsl: "inverseSqrt(x)",
        right: |x, _| 1.0 / x.sqrt(),
        bearable: 2.0,
    },
    Operation {
        name: "exponential",
        wgsl: "exp(-x)",
        right: |x, _| (-x).exp(),
        // Some devices are off by 27. A softmax bears a hundred thousandth.
        bearable: 84.0,
    },
    // The integer products depend on it: a tie goes to the even number everywhere.
    Operation {
        name: "rounding",
        wgsl: "round(x * 4.0) + round(floor(y) + 0.5)",
        right: |x, y| (x * 4.0).round_ties_even() + (y.floor() + 0.5).round_ties_even(),
        bearable: 0.0,
    },
];

/// Positive numbers of ordinary size, as sums and scales are: 2⁻⁶ to 2⁶.
fn operands() -> [Vec<f32>; 2] {
    let mut state = 1u32;
    let mut number = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let exponent = 121 + (state >> 8) % 12;
        f32::from_bits(exponent << 23 | state >> 9)
    };
    [0, 1].map(|_| (0..COUNT).map(&mut number).collect())
}

/// The distance of `found` from `right` in units in the last place of an f32.
fn error(found: f32, right: f64) -> f64 {
    let nearest = right as f32;
    let unit = f64::from(nearest.abs().next_up()) - f64::from(nearest.abs());
    (f64::from(found) - right).abs() / unit
}

impl Gpu {
    /// Runs `expression` on every pair of operands.
    async fn evaluate(
        &self,
        expression: &str,
        [x, y]: &[Vec<f32>; 2],
    ) -> Result<Vec<f32>, ComputeError> {
        let source = format!(
            "@group(0) @binding(0) var<storage, read> xs: array<f32>;
            @group(0) @binding(1) var<storage, read> ys: array<f32>;
            @group(0) @binding(2) var<storage, read_write> output: array<f32>;
            @compute @workgroup_size({WORKGROUP})
            fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
                let x = xs[id.x];
                let y = ys[id.x];
                output[id.x] = {expression};
            }}"
        );
        let device = &self.device.device;
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: None,
            source: wgpu::ShaderSource::Wgsl(source.into()),
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: Default::default(),
            cache: None,
        });
        let tensors = [self.tensor(&[COUNT], x), self.tensor(&[COUNT], y)];
        let output = self.output(&[COUNT]);
        let buffers = tensors
            .iter()
            .chain([&output])
            .map(|tensor| tensor.buffer());
        let entries: Option<Vec<_>> = (0..)
            .zip(buffers)
            .map(|(binding, buffer)| {
                let resource = buffer?.as_entire_binding();
                Some(wgpu::BindGroupEntry { binding, resource })
            })
            .collect();
        let bindings = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries.ok_or(ComputeError::OutOfMemory)?,
        });
        let mut encoder = device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &bindings, &[]);
        pass.dispatch_workgroups(COUNT as u32 / WORKGROUP, 1, 1);
        drop(pass);
        self.device.queue.submit([encoder.finish()]);
        self.read(&output).await
    }
}

async fn arithmetic_is_as_exact_as_the_kernels_need() {
    let gpu = match Gpu::new().await {
        Ok(gpu) => gpu,
        Err(reason) if cfg!(target_arch = "wasm32") => panic!("{reason}"),
        Err(reason) => return eprintln!("SKIPPED on the GPU: {reason}"),
    };
    let operands = operands();
    for operation in &OPERATIONS {
        let found = gpu.evaluate(operation.wgsl, &operands).await;
        let found = found.expect("the device computes");
        let (mut worst, mut inexact) = (0.0f64, 0);
        for (found, (x, y)) in found.iter().zip(operands[0].iter().zip(&operands[1])) {
            let (x, y) = (f64::from(*x), f64::from(*y));
            let right = (operation.right)(x, y);
            let error = error(*found, right);
            let name = operation.name;
            assert!(
                error <= operation.bearable,
                "{name} of {x} and {y}: {found}, not {right}; {error} units off"
            );
            worst = worst.max(error);
            inexact += usize::from(*found != right as f32);
        }
        println!(
            "{} on {}: at most {worst:.2} units in the last place off, {inexact} of {COUNT} not \
             rounded to the nearest",
            operation.name,
            gpu.adapter().name
        );
    }
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test]
async fn a_device_computes_as_exactly_as_the_kernels_need() {
    arithmetic_is_as_exact_as_the_kernels_need().await;
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_device_computes_as_exactly_as_the_kernels_need() {
    pollster::block_on(arithmetic_is_as_exact_as_the_kernels_need());
}
