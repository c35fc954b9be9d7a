//! Every operation against the definition written as naive loops, under every instruction set
//! that this processor has.

use half::f16;
use pollster::block_on;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::compute::MatrixValues;
use crate::weights::quantize_int8;

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

/// What products of f32 may be off by, as a share of the largest value.
const ROUNDING: f64 = 2e-6;
/// The same for int8 weights, whose inputs are rounded to steps of twelve bits or more.
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
        Epilogue::QuickGelu => x / (1.0 + (-1.702 * x).exp()),
        Epilogue::Gelu => unreachable!("the activation's own test covers it"),
    }
}

/// How exact a product is with weights of this kind.
fn tolerance(kind: usize) -> f64 {
    if kind == 0 { STEPS } else { ROUNDING }
}

/// `rows × columns` weights as stored in one of the three types, and what they stand for.
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
        let int8 = quantize_int8(&singles, stride);
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

#[test]
fn linear_is_the_product_with_bias_epilogue_and_residual() {
    let mut noise = Noise(1);
    let shapes = [
        (1, 1, 1),
        (3, 5, 7),
        (7, 48, 33),
        (13, 300, 65),
        (50, 31, 16),
        (259, 9, 40),
    ];
    for (case, (rows, inputs, outputs)) in shapes.into_iter().enumerate() {
        for kind in 0..3 {
            let stored = Stored::new(&mut noise, outputs, inputs, kind);
            let x = noise.values(rows * inputs);
            let bias = noise.values(outputs);
            let residual = noise.values(rows * outputs);
            let end = [Epilogue::None, Epilogue::Relu, Epilogue::QuickGelu][(case + kind) % 3];
            let with_residual = case % 2 == 0;
            let expected: Vec<f64> = (0..rows * outputs)
                .map(|index| {
                    let (row, output) = (index / outputs, index % outputs);
                    let x = &x[row * inputs..][..inputs];
                    let weights = &stored.exact[output * inputs..][..inputs];
                    let sum: f64 = x.iter().zip(weights).map(|(x, w)| f64::from(*x) * w).sum();
                    let y = epilogue(end, sum + f64::from(bias[output]));
                    if with_residual {
                        y + f64::from(residual[index])
                    } else {
                        y
                    }
                })
                .collect();
            for cpu in devices() {
                let linear = Linear {
                    weight: stored.matrix(&cpu),
                    bias: Some(cpu.tensor(&[outputs], &bias)),
                };
                let x = cpu.tensor(&[rows, inputs], &x);
                let residual = cpu.tensor(&[rows, outputs], &residual);
                let y = cpu.linear(&x, &linear, end, with_residual.then_some(&residual));
                assert_eq!(cpu.shape(&y), [rows, outputs]);
                let what = format!("{rows}×{inputs}×{outputs}, type {kind}, {cpu:?}");
                assert_within(tolerance(kind), &values(&cpu, &y), &expected, &what);
            }
        }
    }
}

#[test]
fn whole_numbers_are_multiplied_exactly_up_to_their_largest() {
    let mut noise = Noise(9);
    // The last rows are of the largest inputs and weights: the largest sums that there can be.
    for (inputs, largest) in [(2, 8191), (7, 8191), (1024, 8191), (4096, 4095)] {
        let (rows, outputs) = (9, 37);
        let stride = usize::next_multiple_of(inputs, 4);
        let x: Vec<f32> = (0..rows * inputs)
            .map(|index| match (index / inputs, index % inputs) {
                (8, _) | (_, 0) => largest as f32,
                _ => noise.below(2 * largest + 1) as f32 - largest as f32,
            })
            .collect();
        let weight: Vec<i8> = (0..outputs * stride)
            .map(|index| match (index / stride, index % stride) {
                (_, column) if column >= inputs => 0,
                (35, _) => 127,
                (36, _) => -127,
                _ => noise.below(255) as i8,
            })
            .collect();
        let scales = vec![1.0; outputs];
        let expected: Vec<f64> = (0..rows * outputs)
            .map(|index| {
                let x = &x[index / outputs * inputs..][..inputs];
                let weights = &weight[index % outputs * stride..][..inputs];
                let products = x.iter().zip(weights);
                products.map(|(x, w)| f64::from(*x) * f64::from(*w)).sum()
            })
            .collect();
        for cpu in devices() {
            let data = MatrixData {
                rows: outputs,
                columns: inputs,
                values: MatrixValues::Int8 {
                    values: &weight,
                    scales: &scales,
                },
            };
            let linear = Linear {
                weight: cpu.matrix(data).expect("the CPU takes every matrix"),
                bias: None,
            };
            let y = cpu.linear(
                &cpu.tensor(&[rows, inputs], &x),
                &linear,
                Epilogue::None,
                None,
            );
            for (index, (found, expected)) in values(&cpu, &y).iter().zip(&expected).enumerate() {
                // Of f32 no more is lost than its last place.
                let error = (f64::from(*found) - expected).abs();
                assert!(
                    error <= expected.abs() * 1e-6,
                    "{inputs} inputs, value {index} is {found} instead of {expected}, {cpu:?}"
                );
            }
        }
    }
}

/// On one machine with one compiler, so that an embedding is the same in every browser.
#[cfg(target_arch = "wasm32")]
#[test]
fn products_of_whole_numbers_are_the_same_with_and_without_relaxed_simd() {
    let mut noise = Noise(10);
    let devices = devices();
    for (rows, inputs, outputs) in [(1, 3, 1), (7, 48, 33), (50, 768, 24), (261, 3073, 9)] {
        let stored = Stored::new(&mut noise, outputs, inputs, 0);
        let x = noise.values(rows * inputs);
        let products = devices.iter().map(|cpu| {
            let linear = Linear {
                weight: stored.matrix(cpu),
                bias: None,
            };
            let x = cpu.tensor(&[rows, inputs], &x);
            values(cpu, &cpu.linear(&x, &linear, Epilogue::None, None))
        });
        let products: Vec<_> = products.collect();
        for product in &products {
            assert_eq!(*product, products[0], "{rows}×{inputs}×{outputs}");
        }
    }
}

#[test]
fn a_row_does_not_depend_on_the_rows_beside_it() {
    let mut noise = Noise(2);
    let stored = Stored::new(&mut noise, 37, 301, 0);
    let x = noise.values(300 * 301);
    for cpu in devices() {
        let linear = Linear {
            weight: stored.matrix(&cpu),
            bias: None,
        };
        let all = cpu.linear(&cpu.tensor(&[300, 301], &x), &linear, Epilogue::Gelu, None);
        let all = values(&cpu, &all);
        for row in [0, 7, 255, 256, 298, 299] {
            let alone = cpu.tensor(&[1, 301], &x[row * 301..][..301]);
            let alone = values(&cpu, &cpu.linear(&alone, &linear, Epilogue::Gelu, None));
            assert_eq!(alone, all[row * 37..][..37], "row {row}, {cpu:?}");
        }
    }
}

#[test]
fn convolution_slides_a_kernel_over_a_padded_picture() {
    let mut noise = Noise(3);
    let cases = [
        // batch, height, width, in, out, kernel, stride, padding
        [1, 1, 1, 1, 1, 1, 1, 0],
        [2, 5, 7, 3, 9, 3, 1, 1],
        [1, 8, 6, 5, 33, 3, 2, 1],
        [3, 4, 4, 17, 20, 1, 1, 0],
        [2, 9, 9, 4, 6, 5, 2, 2],
        [1, 30, 30, 60, 5, 3, 1, 1],
    ];
    for (
        case,
        [
            batch,
            height,
            width,
            inputs,
            outputs,
            kernel,
            stride,
            padding,
        ],
    ) in cases.into_iter().enumerate()
    {
        let stored = Stored::new(&mut noise, outputs, kernel * kernel * inputs, case % 3);
        let x = noise.values(batch * height * width * inputs);
        let bias = noise.values(outputs);
        let down = (height + 2 * padding - kernel) / stride + 1;
        let across = (width + 2 * padding - kernel) / stride + 1;
        let residual = noise.values(batch * down * across * outputs);
        let mut expected = Vec::new();
        for (b, i, j, output) in indices([batch, down, across, outputs]) {
            let mut sum = f64::from(bias[output]) + f64::from(residual[expected.len()]);
            for (_, row, column, input) in indices([1, kernel, kernel, inputs]) {
                let (y, x_) = (i * stride + row, j * stride + column);
                if y < padding || x_ < padding || y - padding >= height || x_ - padding >= width {
                    continue;
                }
                let at = ((b * height + y - padding) * width + x_ - padding) * inputs + input;
                let weight = ((output * kernel + row) * kernel + column) * inputs + input;
                sum += f64::from(x[at]) * stored.exact[weight];
            }
            expected.push(epilogue(Epilogue::Relu, sum));
        }
        for cpu in devices() {
            let bias = Some(cpu.tensor(&[outputs], &bias));
            let linear = Linear {
                weight: stored.matrix(&cpu),
                bias,
            };
            let conv = Conv2d {
                linear,
                kernel,
                stride,
                padding,
            };
            let x = cpu.tensor(&[batch, height, width, inputs], &x);
            let residual = cpu.tensor(&[batch, down, across, outputs], &residual);
            let y = cpu.conv2d(&x, &conv, Epilogue::Relu, Some(&residual));
            assert_eq!(cpu.shape(&y), [batch, down, across, outputs]);
            let what = format!("case {case}, {cpu:?}");
            assert_within(tolerance(case % 3), &values(&cpu, &y), &expected, &what);
        }
    }
}

fn indices([a, b, c, d]: [usize; 4]) -> impl Iterator<Item = (usize, usize, usize, usize)> {
    (0..a * b * c * d).map(move |i| (i / (b * c * d), i / (c * d) % b, i / d % c, i % d))
}

#[test]
fn pooling_is_the_mean_of_whole_windows() {
    let mut noise = Noise(4);
    for [batch, height, width, channels, size] in
        [[2, 6, 4, 19, 2], [1, 7, 5, 3, 2], [2, 3, 3, 8, 3]]
    {
        let x = noise.values(batch * height * width * channels);
        let expected: Vec<f64> = indices([batch, height / size, width / size, channels])
            .map(|(b, i, j, c)| {
                let cells = indices([1, size, size, 1]);
                let sum: f64 = cells
                    .map(|(_, di, dj, _)| {
                        let at = (b * height + i * size + di) * width + j * size + dj;
                        f64::from(x[at * channels + c])
                    })
                    .sum();
                sum / (size * size) as f64
            })
            .collect();
        for cpu in devices() {
            let y = cpu.average_pool2d(&cpu.tensor(&[batch, height, width, channels], &x), size);
            assert_eq!(
                cpu.shape(&y),
                [batch, height / size, width / size, channels]
            );
            assert_close(&values(&cpu, &y), &expected, "pool");
        }
    }
}

#[test]
fn layer_norm_centres_and_scales_each_row() {
    let mut noise = Noise(5);
    for (rows, width) in [(1, 1), (3, 17), (5, 48), (2, 770)] {
        let x: Vec<f32> = noise
            .values(rows * width)
            .iter()
            .map(|value| value * 3.0 + 5.0)
            .collect();
        let (gain, bias) = (noise.values(width), noise.values(width));
        let expected: Vec<f64> = x
            .chunks_exact(width)
            .flat_map(|row| {
                let mean = row.iter().copied().map(f64::from).sum::<f64>() / width as f64;
                let variance = row
                    .iter()
                    .map(|v| (f64::from(*v) - mean).powi(2))
                    .sum::<f64>();
                let deviation = (variance / width as f64 + 1e-5).sqrt();
                let affine = gain.iter().zip(&bias);
                row.iter().zip(affine).map(move |(value, (gain, bias))| {
                    (f64::from(*value) - mean) / deviation * f64::from(*gain) + f64::from(*bias)
                })
            })
            .collect();
        for cpu in devices() {
            let norm = LayerNorm {
                gain: cpu.tensor(&[width], &gain),
                bias: cpu.tensor(&[width], &bias),
            };
            let y = cpu.layer_norm(&cpu.tensor(&[rows, width], &x), &norm);
            assert_close(&values(&cpu, &y), &expected, &format!("{rows}×{width}"));
        }
    }
}

#[test]
fn attention_weighs_values_by_the_softmax_of_scores() {
    let mut noise = Noise(6);
    for (batch, sequence, heads, depth) in
        [(1, 1, 1, 3), (2, 7, 3, 5), (3, 50, 2, 36), (1, 101, 1, 64)]
    {
        let width = heads * depth;
        let qkv: Vec<f32> = noise
            .values(batch * sequence * 3 * width)
            .iter()
            .map(|value| value * 2.0)
            .collect();
        for causal in [false, true] {
            let at = |b: usize, s: usize, part: usize, h: usize, d: usize| {
                f64::from(qkv[(b * sequence + s) * 3 * width + part * width + h * depth + d])
            };
            let expected: Vec<f64> = indices([batch, sequence, heads, depth])
                .map(|(b, s, h, d)| {
                    let seen = if causal { s + 1 } else { sequence };
                    let powers: Vec<f64> = (0..seen)
                        .map(|k| {
                            let dot: f64 = (0..depth)
                                .map(|d| at(b, s, 0, h, d) * at(b, k, 1, h, d))
                                .sum();
                            (dot / (depth as f64).sqrt()).exp()
                        })
                        .collect();
                    let weighted: f64 = (0..seen).map(|k| powers[k] * at(b, k, 2, h, d)).sum();
                    weighted / powers.iter().sum::<f64>()
                })
                .collect();
            for cpu in devices() {
                let y = cpu.attention(
                    &cpu.tensor(&[batch, sequence, 3 * width], &qkv),
                    heads,
                    causal,
                );
                assert_eq!(cpu.shape(&y), [batch, sequence, width]);
                let what = format!("{batch}×{sequence}×{heads}×{depth}, causal {causal}, {cpu:?}");
                assert_close(&values(&cpu, &y), &expected, &what);
            }
        }
    }
}

#[test]
fn causal_attention_ignores_padding_at_the_end_to_the_last_bit() {
    let mut noise = Noise(7);
    let qkv = noise.values(61 * 3 * 24);
    for cpu in devices() {
        let long = values(
            &cpu,
            &cpu.attention(&cpu.tensor(&[1, 61, 72], &qkv), 2, true),
        );
        for length in [1, 9, 48, 49, 60] {
            let short = cpu.tensor(&[1, length, 72], &qkv[..length * 72]);
            let short = values(&cpu, &cpu.attention(&short, 2, true));
            assert_eq!(short, long[..length * 24], "{length}, {cpu:?}");
        }
    }
}

#[test]
fn tokens_are_rows_of_the_table_plus_positions() {
    let mut noise = Noise(8);
    for kind in 0..3 {
        let stored = Stored::new(&mut noise, 41, 10, kind);
        let positions = noise.values(5 * 10);
        let ids = [40u32, 0, 7, 31, 32, 33];
        let expected: Vec<f64> = (0..60)
            .map(|index| {
                let (row, column) = (index / 10, index % 10);
                stored.exact[ids[row] as usize * 10 + column]
                    + f64::from(positions[row % 3 * 10 + column])
            })
            .collect();
        for cpu in devices() {
            let positions = cpu.tensor(&[5, 10], &positions);
            let y = cpu.embed_tokens(&ids, 2, &stored.matrix(&cpu), &positions);
            assert_eq!(cpu.shape(&y), [2, 3, 10]);
            assert_close(&values(&cpu, &y), &expected, "tokens");
        }
    }
}

#[test]
fn patches_keep_row_column_channel_order() {
    let cpu = Cpu::new();
    let x: Vec<f32> = (0..2 * 4 * 4 * 3).map(|value| value as f32).collect();
    let y = cpu.patches(&cpu.tensor(&[2, 4, 4, 3], &x), 2);
    assert_eq!(cpu.shape(&y), [2, 4, 12]);
    let y = values(&cpu, &y);
    for (b, patch, cell, channel) in indices([2, 4, 4, 3]) {
        let (row, column) = (patch / 2 * 2 + cell / 2, patch % 2 * 2 + cell % 2);
        let expected = ((b * 4 + row) * 4 + column) * 3 + channel;
        assert_eq!(
            y[((b * 4 + patch) * 4 + cell) * 3 + channel],
            expected as f32
        );
    }
}

#[test]
fn a_leading_row_is_learned_or_the_mean() {
    let cpu = Cpu::new();
    let x = cpu.tensor(&[2, 2, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0, 8.0]);
    let positions = cpu.tensor(&[3, 2], &[0.5, 0.5, 10.0, 10.0, 20.0, 20.0]);
    let mean = values(&cpu, &cpu.prepend(&x, LeadingRow::Mean, &positions));
    assert_eq!(
        mean,
        [
            2.5, 3.5, 11.0, 12.0, 23.0, 24.0, 7.5, 7.5, 15.0, 16.0, 29.0, 28.0
        ]
    );
    let row = cpu.tensor(&[2], &[7.0, 8.0]);
    let learned = cpu.prepend(&x, LeadingRow::Learned(&row), &positions);
    assert_eq!(cpu.shape(&learned), [2, 3, 2]);
    assert_eq!(values(&cpu, &learned)[..4], [7.5, 8.5, 11.0, 12.0]);
    let selected = cpu.select_rows(&learned, &[0, 2]);
    assert_eq!(cpu.shape(&selected), [2, 2]);
    assert_eq!(values(&cpu, &selected), [7.5, 8.5, 29.0, 28.0]);
}

#[test]
fn normalised_rows_have_unit_length_and_zeros_stay() {
    let mut noise = Noise(9);
    for cpu in devices() {
        let mut x = noise.values(2 * 37);
        x[37..].fill(0.0);
        let y = values(&cpu, &cpu.l2_normalize(&cpu.tensor(&[2, 37], &x)));
        let norm: f32 = y[..37].iter().map(|value| value * value).sum();
        assert!((norm - 1.0).abs() < 1e-6);
        assert!((y[5] * x[0] - y[0] * x[5]).abs() < 1e-6);
        assert!(y[37..].iter().all(|value| *value == 0.0));
    }
}
