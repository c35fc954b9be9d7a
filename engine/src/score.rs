//! Scores from embeddings: plain functions (paper sections 2.4, 3.1.2 and 3.1.4).

use crate::embedding::Embedding;

/// Partial sums of a cosine. They fit a vector register, and a million cosines take a quarter of the
/// time.
const PARTIAL: usize = 4;

/// Cosine of two unit vectors of the same dimension.
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let ((a, rest_of_a), (b, rest_of_b)) = (a.as_chunks::<PARTIAL>(), b.as_chunks::<PARTIAL>());
    let mut partial = [0.0; PARTIAL];
    for (a, b) in a.iter().zip(b) {
        for (sum, (a, b)) in partial.iter_mut().zip(a.iter().zip(b)) {
            *sum += a * b;
        }
    }
    let rest = rest_of_a.iter().zip(rest_of_b).map(|(a, b)| a * b);
    partial.into_iter().chain(rest).sum()
}

/// Cosines of one embedding with others, in order.
pub fn cosines<'a>(one: &Embedding, others: impl IntoIterator<Item = &'a Embedding>) -> Vec<f32> {
    let others = others.into_iter();
    others.map(|other| cosine(&one.0, &other.0)).collect()
}

/// The probability of each label: softmax of `logit_scale × cosine`.
pub fn probabilities(cosines: &[f32], logit_scale: f32) -> Vec<f32> {
    let logits: Vec<f32> = cosines.iter().map(|cosine| logit_scale * cosine).collect();
    softmax(&logits)
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

/// How well a label fits each region of a picture: their cosine, less the mean cosine of the region and
/// the other labels, −2 to 2. The mean takes away what a region has in common with every label, such as
/// being an object at all. Without other labels it is the cosine.
pub fn region_scores(regions: &[Embedding], label: &Embedding, others: &[Embedding]) -> Vec<f32> {
    // A difference of cosines is the product with a difference.
    let mut direction = label.0.clone();
    for Embedding(other) in others {
        for (value, other) in direction.iter_mut().zip(other) {
            *value -= other / others.len() as f32;
        }
    }
    cosines(&Embedding(direction), regions)
}

/// The mean of unit vectors of the same dimension, normalised: the embedding of a label with
/// several prompts. A single vector is returned unchanged, bit for bit. Vectors that cancel give
/// zeros, which fit no picture.
///
/// After `zeroshot_classifier` in OpenAI's `Prompt_Engineering_for_ImageNet.ipynb`.
///
/// # Panics
/// If there is no vector.
pub fn ensemble(embeddings: &[Embedding]) -> Embedding {
    let [Embedding(first), rest @ ..] = embeddings else {
        panic!("an average of nothing")
    };
    if rest.is_empty() {
        return Embedding(first.clone());
    }
    // In f64 the order of the prompts does not matter. Normalising replaces the division by their
    // count.
    let mut sum: Vec<f64> = first.iter().copied().map(f64::from).collect();
    for Embedding(values) in rest {
        for (sum, value) in sum.iter_mut().zip(values) {
            *sum += f64::from(*value);
        }
    }
    let length = sum.iter().map(|value| value * value).sum::<f64>().sqrt();
    let scale = if length > 0.0 { length.recip() } else { 0.0 };
    Embedding(sum.iter().map(|value| (value * scale) as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cosine_of_unit_vectors_is_their_product() {
        assert_eq!(cosine(&[0.6, 0.8], &[0.6, 0.8]), 1.0);
        assert_eq!(cosine(&[1.0, 0.0], &[0.0, -1.0]), 0.0);
        for width in 0..10 {
            let (a, b): (Vec<f32>, Vec<f32>) = (0..width).map(|index| (index as f32, 2.0)).unzip();
            let sum = width * (width - 1);
            assert_eq!(cosine(&a, &b), sum as f32, "width {width}");
        }
    }

    #[test]
    fn probabilities_are_shares_of_scaled_cosines() {
        let [x, y] = [[1.0, 0.0], [0.0, 1.0]].map(|values| Embedding(values.to_vec()));
        let found = cosines(&x, [&x, &y, &x]);
        assert_eq!(found, [1.0, 0.0, 1.0]);
        let shares = probabilities(&found, 3f32.ln());
        for (share, expected) in shares.iter().zip([3.0 / 7.0, 1.0 / 7.0, 3.0 / 7.0]) {
            assert!((share - expected).abs() < 1e-6, "{shares:?}");
        }
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

    #[test]
    fn a_region_is_scored_against_the_other_labels() {
        let [x, y] = [[1.0, 0.0], [0.0, 1.0]].map(|values| Embedding(values.to_vec()));
        let regions = [x.clone(), y.clone(), Embedding(vec![0.6, 0.8])];
        assert_eq!(region_scores(&regions, &x, &[]), [1.0, 0.0, 0.6]);
        let found = region_scores(&regions, &x, &[y, x.clone()]);
        for (found, expected) in found.iter().zip([0.5, -0.5, -0.1]) {
            assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
        }
        assert_eq!(region_scores(&[], &x, &[]), [0.0; 0]);
    }

    #[test]
    fn an_ensemble_is_the_average_at_unit_length() {
        let [x, y] = [[1.0, 0.0], [0.0, 1.0]].map(|values| Embedding(values.to_vec()));
        let Embedding(found) = ensemble(&[x.clone(), y, x.clone()]);
        for (found, expected) in found.iter().zip([2.0 / 5f32.sqrt(), 1.0 / 5f32.sqrt()]) {
            assert!((found - expected).abs() < 1e-7, "{found} for {expected}");
        }
        let alone = Embedding(vec![0.6, -0.8, 1e-30]);
        assert_eq!(ensemble(std::slice::from_ref(&alone)), alone);
        assert_eq!(ensemble(&[x, Embedding(vec![-1.0, 0.0])]).0, [0.0, 0.0]);
    }
}
