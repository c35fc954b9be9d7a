//! Compares every operation on the GPU with the CPU's, which is written differently, natively and
//! in a browser.

mod attention;
mod convolutions;
mod device;
mod products;
mod rows;

pub use attention::*;
pub use convolutions::*;
pub use device::*;
pub use products::*;
pub use rows::*;

use glance_engine::compute::cpu::Cpu;
use glance_engine::compute::gpu::{Gpu, KernelStrategy};
use glance_engine::compute::{Compute, MatrixData, MatrixValues};
use half::f16;

/// Calls `$test!` with the name of each case.
#[macro_export]
macro_rules! for_each_case {
    ($test:ident) => {
        $test!(linear_maps);
        $test!(convolutions);
        $test!(depthwise_convolutions);
        $test!(activations_at_known_points);
        $test!(attentions);
        $test!(attention_of_extreme_scores);
        $test!(layer_norms);
        $test!(l2_normals);
        $test!(average_pools);
        $test!(looked_up_levels);
        $test!(token_embeddings);
        $test!(prepended_rows);
        $test!(selected_rows);
        $test!(long_dispatches);
        $test!(many_dispatches_and_uploads);
        $test!(batches_in_flight);
        $test!(nothing_depends_on_the_batch);
        $test!(every_tile_sums_alike);
        $test!(inputs_are_rounded_to_the_bit);
        $test!(whole_numbers_are_multiplied_exactly);
        $test!(warm_up_computes_nothing);
        $test!(too_large_is_an_error_and_passes);
        $test!(too_wide_a_head_is_an_error_and_passes);
        $test!(empty_tensors);
        $test!(benchmarks_of_networks);
    };
}

/// An operation on random operands, to be run on two devices.
trait Case {
    fn run<C: Compute>(&self, compute: &C) -> C::Tensor;
}

/// Runs a case on both devices; every value agrees to `tolerance` of the largest.
async fn agree(gpu: &Gpu, what: &str, tolerance: f32, case: &impl Case) {
    let cpu = Cpu::new();
    let expected = case.run(&cpu);
    let found = case.run(gpu);
    assert_eq!(gpu.shape(&found), cpu.shape(&expected), "{what}");
    let expected = cpu
        .read(&expected)
        .await
        .expect("the processor never fails");
    let found = gpu
        .read(&found)
        .await
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_close(what, &found, &expected, tolerance);
}

fn assert_close(what: &str, found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected
        .iter()
        .fold(1e-3f32, |largest, value| largest.max(value.abs()));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!(
            (found - expected).abs() <= tolerance * largest,
            "{what}: value {index} is {found} and should be {expected}"
        );
    }
}

/// SplitMix64 (Steele et al. 2014): the same values on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// −1 to 1.
    fn float(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 23) as f32 - 1.0
    }

    fn floats(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.float()).collect()
    }

    fn below(&mut self, bound: u32) -> u32 {
        (self.next() % u64::from(bound)) as u32
    }
}

/// The stored types. Every kernel that reads a matrix supports them all.
#[derive(Clone, Copy, Debug)]
enum Stored {
    Int8,
    F16,
    F32,
}

const STORED: [Stored; 3] = [Stored::Int8, Stored::F16, Stored::F32];

impl Stored {
    /// Largest error of a product. The CPU multiplies int8 as integers, with inputs rounded to
    /// twelve bits or more, and `SharedInteger` rounds them to seven. f16 has eleven bits.
    fn tolerance(self, gpu: &Gpu) -> f32 {
        match (self, gpu.strategy()) {
            (_, KernelStrategy::SharedF16) => 2e-3,
            (Self::Int8, KernelStrategy::SharedInteger) => 1e-2,
            (Self::Int8, _) => 1e-4,
            (Self::F16 | Self::F32, _) => 1e-5,
        }
    }
}

/// A random matrix in one of the stored types, with zeros as padding.
struct RandomMatrix {
    rows: usize,
    columns: usize,
    int8: Vec<i8>,
    scales: Vec<f32>,
    f16: Vec<f16>,
    f32: Vec<f32>,
    stored: Stored,
}

impl RandomMatrix {
    fn new(random: &mut Random, rows: usize, columns: usize, stored: Stored) -> Self {
        let stride = columns.next_multiple_of(4);
        let f32: Vec<f32> = (0..rows * stride)
            .map(|index| {
                if index % stride < columns {
                    random.float()
                } else {
                    0.0
                }
            })
            .collect();
        let int8 = f32
            .iter()
            .map(|value| (value * 127.0).round() as i8)
            .collect();
        let scales = (0..rows).map(|_| (random.float() + 1.5) / 127.0).collect();
        let f16 = f32.iter().map(|value| f16::from_f32(*value)).collect();
        Self {
            rows,
            columns,
            int8,
            scales,
            f16,
            f32,
            stored,
        }
    }

    fn on<C: Compute>(&self, compute: &C) -> C::Matrix {
        let values = match self.stored {
            Stored::Int8 => MatrixValues::Int8 {
                values: &self.int8,
                scales: &self.scales,
            },
            Stored::F16 => MatrixValues::F16(&self.f16),
            Stored::F32 => MatrixValues::F32(&self.f32),
        };
        let data = MatrixData {
            rows: self.rows,
            columns: self.columns,
            values,
        };
        compute.matrix(data).expect("a small matrix fits")
    }
}
