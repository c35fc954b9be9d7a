//! Attention.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

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
