//! Batch normalisation with fixed statistics is linear, so it can be part of the convolution
//! before it (Jacob et al. 2017, section 3.2).

/// A batch normalisation as it runs after training: `gain · (x − mean) / √(variance + ε) + bias`,
/// one value a channel.
#[derive(Clone, Copy, Debug)]
pub struct BatchNorm<'a> {
    /// Factor.
    pub gain: &'a [f32],
    /// Offset.
    pub bias: &'a [f32],
    /// Mean of the training data.
    pub mean: &'a [f32],
    /// Variance of the training data.
    pub variance: &'a [f32],
    /// Keeps the root from being zero; 1e-5 in CLIP, 1e-3 in EfficientNet.
    pub epsilon: f32,
}

/// Folds `norm` into a convolution `weight` `[out, columns]` without a bias. Returns the new weight
/// and bias. Each part of `norm` must have `out` values.
pub fn fold_batch_norm(weight: &[f32], norm: BatchNorm<'_>) -> (Vec<f32>, Vec<f32>) {
    let factors: Vec<f32> = norm
        .gain
        .iter()
        .zip(norm.variance)
        .map(|(gain, variance)| gain / (variance + norm.epsilon).sqrt())
        .collect();
    let columns = weight.len() / factors.len().max(1);
    let folded = weight
        .chunks_exact(columns.max(1))
        .zip(&factors)
        .flat_map(|(row, factor)| row.iter().map(move |value| value * factor))
        .collect();
    let bias = norm
        .bias
        .iter()
        .zip(norm.mean)
        .zip(&factors)
        .map(|((bias, mean), factor)| bias - mean * factor)
        .collect();
    (folded, bias)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_weights_do_what_both_layers_did() {
        let weight = [1.0, -2.0, 0.5, 3.0, 0.25, -1.0];
        let norm = BatchNorm {
            gain: &[1.5, -0.5],
            bias: &[0.1, 0.2],
            mean: &[0.3, -0.7],
            variance: &[0.9, 4.0],
            epsilon: 1e-5,
        };
        let (folded, bias) = fold_batch_norm(&weight, norm);
        let x = [0.7, -0.4, 1.1];
        for row in 0..2 {
            let product = |weight: &[f32]| -> f32 {
                weight[row * 3..][..3]
                    .iter()
                    .zip(x)
                    .map(|(weight, x)| weight * x)
                    .sum()
            };
            let centred = product(&weight) - norm.mean[row];
            let deviation = (norm.variance[row] + norm.epsilon).sqrt();
            let expected = norm.gain[row] * centred / deviation + norm.bias[row];
            assert!((product(&folded) + bias[row] - expected).abs() < 1e-6);
        }
    }
}
