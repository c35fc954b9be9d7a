//! From cosines to shares (paper section 2.3), and back to the factor between them.

/// The smallest difference of two cosines from which the factor is inferred: f32 rounding then moves
/// it by less than a thousandth.
const MIN_DIFFERENCE: f32 = 1e-3;

/// Softmax of `scale × cosine`; empty in, empty out.
pub fn shares(cosines: &[f32], scale: f32) -> Vec<f32> {
    let largest = cosines.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = cosines
        .iter()
        .map(|cosine| (scale * (cosine - largest)).exp())
        .collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// The factor that made these shares of these cosines: (ln pᵢ − ln pⱼ) / (cᵢ − cⱼ) for the pair that
/// is farthest apart. `None` if all cosines are nearly equal.
pub fn scale_of(shares: &[f32], cosines: &[f32]) -> Option<f32> {
    // A share that was rounded to nothing says nothing.
    let usable = shares.iter().zip(cosines).filter(|(p, _)| p.is_normal());
    let by_cosine = |one: &(&f32, &f32), other: &(&f32, &f32)| one.1.total_cmp(other.1);
    let (high, high_cosine) = usable.clone().max_by(by_cosine)?;
    let (low, low_cosine) = usable.min_by(by_cosine)?;
    let difference = high_cosine - low_cosine;
    let scale = (high.ln() - low.ln()) / difference;
    (difference >= MIN_DIFFERENCE && scale.is_finite()).then_some(scale)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn shares_follow_the_definition() {
        let found = shares(&[0.3, 0.2], 10.0);
        let e = 1f32.exp();
        assert!((found[0] - e / (e + 1.0)).abs() < 1e-6, "{found:?}");
        assert_eq!(shares(&[0.7, 0.7], 100.0), [0.5, 0.5]);
        assert_eq!(shares(&[1.0, -1.0], 1000.0), [1.0, 0.0]);
        assert_eq!(shares(&[], 100.0), [0.0; 0]);
    }

    #[wasm_bindgen_test]
    fn the_factor_is_found_again() {
        let cosines = [0.31, 0.22, 0.18, 0.27];
        for scale in [1.0, 20.0, 100.0] {
            let found = scale_of(&shares(&cosines, scale), &cosines).expect("they differ");
            assert!((found / scale - 1.0).abs() < 1e-3, "{found}, not {scale}");
        }
    }

    #[wasm_bindgen_test]
    fn without_a_difference_there_is_no_factor() {
        assert_eq!(scale_of(&[], &[]), None);
        assert_eq!(scale_of(&[1.0], &[0.3]), None);
        assert_eq!(scale_of(&[0.5, 0.5], &[0.3, 0.3]), None);
        // The second was rounded to nothing.
        assert_eq!(scale_of(&[1.0, 0.0], &[0.9, -0.9]), None);
    }
}
