//! Compares every operation with its definition as naive loops, under every instruction set that
//! this processor has.

mod attention;
mod pictures;
mod products;
mod rows;

use half::f16;
use pollster::block_on;

use super::*;
use crate::MatrixValues;

/// Reproducible values in −1 to 1 (a linear congruential generator, Knuth's MMIX constants).
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn values(&mut self, count: usize) -> Vec<f32> {
        (0..count)
            .map(|_| self.below(20_001) as f32 / 10_000.0 - 1.0)
            .collect()
    }
}

fn devices() -> Vec<Cpu> {
    InstructionSet::available()
        .into_iter()
        .map(|instructions| Cpu { instructions })
        .collect()
}

fn values(cpu: &Cpu, x: &Tensor) -> Vec<f32> {
    block_on(cpu.read(x)).expect("the CPU always reads")
}

/// Tolerance of f32 products, relative to the largest value.
const ROUNDING: f64 = 2e-6;
/// The same for int8 weights, whose inputs are quantised to twelve bits or more.
const STEPS: f64 = 1e-4;

#[track_caller]
fn assert_close(found: &[f32], expected: &[f64], what: &str) {
    assert_within(ROUNDING, found, expected, what);
}

#[track_caller]
fn assert_within(tolerance: f64, found: &[f32], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected
        .iter()
        .fold(1e-3f64, |largest, value| largest.max(value.abs()));
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (f64::from(*found) - expected).abs() / largest;
        assert!(
            error < tolerance,
            "{what}: value {index} is {found} instead of {expected}"
        );
    }
}

fn epilogue(epilogue: Epilogue, x: f64) -> f64 {
    match epilogue {
        Epilogue::None => x,
        Epilogue::Relu => x.max(0.0),
        Epilogue::Relu6 => x.clamp(0.0, 6.0),
        Epilogue::QuickGelu => x / (1.0 + (-1.702 * x).exp()),
        Epilogue::Gelu => unreachable!("the activation's own test covers it"),
    }
}

/// Tolerance of a product with weights of this kind.
fn tolerance(kind: usize) -> f64 {
    if kind == 0 { STEPS } else { ROUNDING }
}

/// `rows × columns` weights, stored in one of the three types, and their exact values.
struct Stored {
    rows: usize,
    columns: usize,
    exact: Vec<f64>,
    int8: (Vec<i8>, Vec<f32>),
    halves: Vec<f16>,
    singles: Vec<f32>,
    kind: usize,
}

impl Stored {
    fn new(noise: &mut Noise, rows: usize, columns: usize, kind: usize) -> Self {
        let stride = columns.next_multiple_of(4);
        let mut singles = noise.values(rows * stride);
        for row in singles.chunks_exact_mut(stride) {
            row[columns..].fill(0.0);
        }
        let steps = |value: &f32| (value * 127.0).round() as i8;
        let int8 = (
            singles.iter().map(steps).collect::<Vec<_>>(),
            (0..rows)
                .map(|_| 1e-4 + noise.below(100) as f32 / 1e4)
                .collect::<Vec<_>>(),
        );
        let halves: Vec<f16> = singles.iter().map(|value| f16::from_f32(*value)).collect();
        let exact = (0..rows * columns)
            .map(|index| {
                let at = index / columns * stride + index % columns;
                match kind {
                    0 => f64::from(int8.0[at]) * f64::from(int8.1[index / columns]),
                    1 => halves[at].to_f64(),
                    _ => f64::from(singles[at]),
                }
            })
            .collect();
        Self {
            rows,
            columns,
            exact,
            int8,
            halves,
            singles,
            kind,
        }
    }

    fn matrix(&self, cpu: &Cpu) -> Matrix {
        let values = match self.kind {
            0 => MatrixValues::Int8 {
                values: &self.int8.0,
                scales: &self.int8.1,
            },
            1 => MatrixValues::F16(&self.halves),
            _ => MatrixValues::F32(&self.singles),
        };
        cpu.matrix(MatrixData {
            rows: self.rows,
            columns: self.columns,
            values,
        })
        .expect("the CPU takes every matrix")
    }
}

fn indices([a, b, c, d]: [usize; 4]) -> impl Iterator<Item = (usize, usize, usize, usize)> {
    (0..a * b * c * d).map(move |i| (i / (b * c * d), i / (c * d) % b, i / d % c, i % d))
}
