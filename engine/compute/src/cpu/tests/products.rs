//! Linear maps.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn linear_is_the_product_with_bias_epilogue_and_residual() {
    let mut noise = Noise(1);
    let shapes = [
        (1, 1, 1),
        (2, 12, 20),
        (3, 5, 7),
        (7, 48, 33),
        (9, 24, 33),
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
    // The last rows have the largest inputs and weights, so the largest possible sums.
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
                // f32 loses no more than its last place.
                let error = (f64::from(*found) - expected).abs();
                assert!(
                    error <= expected.abs() * 1e-6,
                    "{inputs} inputs, value {index} is {found} instead of {expected}, {cpu:?}"
                );
            }
        }
    }
}

/// Sums are exact, so that an embedding is the same in every browser.
#[test]
fn every_instruction_set_gives_the_same_integer_product() {
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
            for (value, other) in product.iter().zip(&products[0]) {
                // A fused multiply-add rounds once less when the sums are scaled.
                let error = (value - other).abs();
                assert!(error <= other.abs() * 3e-7, "{rows}×{inputs}×{outputs}");
            }
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
