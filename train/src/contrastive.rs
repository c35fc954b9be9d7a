//! The contrastive loss (paper figure 3).

use burn::tensor::{Bool, Tensor, activation};

/// Largest factor from cosine to logit (paper section 2.5).
pub const LARGEST_LOGIT_SCALE: f32 = 100.0;

/// Symmetric cross-entropy over the cosines of `n` pictures and their `n` captions.
///
/// `images` and `texts` are unit rows `[n, projection]`, `logit_scale` `[1]` the logarithm of the
/// factor from cosine to logit. Where `alike` `[n, n]` is true, off the diagonal, a caption fits
/// another picture just as well: that pair is neither a positive nor a negative.
pub fn contrastive_loss(
    images: Tensor<2>,
    texts: Tensor<2>,
    logit_scale: Tensor<1>,
    alike: Tensor<2, Bool>,
) -> Tensor<1> {
    let [pairs, _] = images.dims();
    let device = images.device();
    let logits = images.matmul(texts.transpose()) * logit_scale.exp().reshape([1, 1]);
    // Far below any logit, which the clamped scale keeps within ±100.
    let logits = logits.mask_fill(alike, -1e4);
    let diagonal = Tensor::<2>::eye(pairs, &device);
    let log_likelihood = activation::log_softmax(logits.clone(), 1) // which caption
        + activation::log_softmax(logits, 0); // which picture
    (log_likelihood * diagonal)
        .sum()
        .div_scalar(-2.0 * pairs as f64)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;

    fn loss(alike: [[bool; 2]; 2]) -> f32 {
        let device = Device::flex();
        let images = Tensor::<2>::from_data([[1.0, 0.0], [0.0, 1.0]], &device);
        let texts = Tensor::<2>::from_data([[1.0, 0.0], [0.6, 0.8]], &device);
        let scale = Tensor::<1>::from_data([2f32.ln()], &device);
        let alike = Tensor::<2, Bool>::from_data(TensorData::from(alike), &device);
        contrastive_loss(images, texts, scale, alike).into_scalar::<f32>()
    }

    #[test]
    fn the_loss_agrees_with_one_worked_by_hand() {
        // Logits 2·[[1, 0.6], [0, 0.8]]. By rows: ln(1 + e^−0.8) and ln(1 + e^−1.6);
        // by columns: ln(1 + e^−2) and ln(1 + e^−0.4); the mean of the four.
        let expected = (0.371_100_7 + 0.183_930_4 + 0.126_928 + 0.513_015_3) / 4.0;
        let found = loss([[false, false], [false, false]]);
        assert!(
            (found - expected).abs() < 1e-5,
            "{found} instead of {expected}"
        );
    }

    #[test]
    fn a_pair_that_fits_as_well_is_no_negative() {
        // Without the logit 1.2, the first row and the second column have one choice left.
        let expected = (0.0 + 0.183_930_4 + 0.126_928 + 0.0) / 4.0;
        let found = loss([[false, true], [false, false]]);
        assert!(
            (found - expected).abs() < 1e-5,
            "{found} instead of {expected}"
        );
    }
}
