//! Scores from embeddings: plain functions (paper section 2.4 and 3.1.2).

/// Cosine of two unit vectors of one length.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Softmax of `logits`; empty in, empty out.
pub fn softmax(logits: &[f32]) -> Vec<f32> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = logits.iter().map(|logit| (logit - largest).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

/// Indices of the `k` largest values, largest first; equal values keep their order.
pub fn top_k(values: &[f32], k: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    order.truncate(k);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosine_of_unit_vectors_is_their_product() {
        assert_eq!(cosine(&[0.6, 0.8], &[0.6, 0.8]), 1.0);
        assert_eq!(cosine(&[1.0, 0.0], &[0.0, -1.0]), 0.0);
    }

    #[test]
    fn a_softmax_sums_to_one_however_large_the_logits() {
        assert_eq!(softmax(&[]), Vec::<f32>::new());
        assert_eq!(softmax(&[1e4]), [1.0]);
        let shares = softmax(&[1000.0, 1000.0 + 3f32.ln(), -1000.0]);
        for (share, expected) in shares.iter().zip([0.25, 0.75, 0.0]) {
            assert!((share - expected).abs() < 1e-4, "{shares:?}");
        }
    }

    #[test]
    fn the_best_come_first_and_equals_keep_their_order() {
        assert_eq!(top_k(&[0.1, 0.9, 0.1, 0.5], 3), [1, 3, 0]);
        assert_eq!(top_k(&[0.3, 0.3], 5), [0, 1]);
        assert_eq!(top_k(&[], 5), Vec::<usize>::new());
    }
}
