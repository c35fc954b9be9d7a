//! Operations on rows.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

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
}

#[test]
fn rows_are_selected_by_their_numbers() {
    let cpu = Cpu::new();
    let x = cpu.tensor(&[2, 2, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 9.0, 8.0]);
    let selected = cpu.select_rows(&x, &cpu.rows(&[3, 0, 3]));
    assert_eq!(cpu.shape(&selected), [3, 2]);
    assert_eq!(values(&cpu, &selected), [9.0, 8.0, 1.0, 2.0, 9.0, 8.0]);
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
