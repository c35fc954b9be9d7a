// Piece: `activate` is the activation function.
// Sizes: `activation` is one of these.
const NONE = 0u;
const RELU = 1u;
const QUICK_GELU = 2u;
const GELU = 3u;
const RELU6 = 4u;

fn activate(x: f32) -> f32 {
    if (sizes.activation == RELU) {
        return max(x, 0.0);
    }
    if (sizes.activation == RELU6) {
        return clamp(x, 0.0, 6.0);
    }
    if (sizes.activation == QUICK_GELU) {
        // Below −50 the quotient is practically zero, and exp could overflow to infinity, which
        // WGSL need not support.
        let bounded = max(x, -50.0);
        return bounded / (1.0 + exp(-1.702 * bounded));
    }
    if (sizes.activation == GELU) {
        return x * normal_distribution(x);
    }
    return x;
}

// Φ(x) by Abramowitz and Stegun 7.1.26 for erfc, with an error below 1.5e-7. The tail is computed
// directly, so that large negative values lose nothing to cancellation.
fn normal_distribution(x: f32) -> f32 {
    let z = min(abs(x) * 0.70710678118654752, 9.0);
    let t = 1.0 / (1.0 + 0.3275911 * z);
    let polynomial = t * (0.254829592 + t * (-0.284496736
        + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    let tail = 0.5 * polynomial * exp(-z * z);
    return select(tail, 1.0 - tail, x > 0.0);
}
