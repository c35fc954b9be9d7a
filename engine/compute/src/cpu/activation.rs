//! Activation functions that vectorise: no branches, no library calls, and no comparison of floats,
//! which LLVM does lane by lane if WebAssembly has no instruction with the same zeros and NaNs.
//! Floats of one sign are ordered as their bits.

use super::instruction_set::multiply_add;
use crate::Epilogue;

/// Applies `epilogue` to each value.
#[inline(always)]
pub fn apply<const FUSED: bool>(epilogue: Epilogue, values: &mut [f32]) {
    match epilogue {
        Epilogue::None => {}
        Epilogue::Relu => values.iter_mut().for_each(|value| *value = relu(*value)),
        Epilogue::Relu6 => values.iter_mut().for_each(|value| *value = relu6(*value)),
        Epilogue::QuickGelu => {
            values
                .iter_mut()
                .for_each(|value| *value = quick_gelu::<FUSED>(*value));
        }
        Epilogue::Gelu => values
            .iter_mut()
            .for_each(|value| *value = gelu::<FUSED>(*value)),
    }
}

#[inline(always)]
fn relu(x: f32) -> f32 {
    f32::from_bits((x.to_bits() as i32).max(0) as u32)
}

#[inline(always)]
fn relu6(x: f32) -> f32 {
    f32::from_bits((x.to_bits() as i32).clamp(0, 6f32.to_bits() as i32) as u32)
}

#[inline(always)]
fn quick_gelu<const FUSED: bool>(x: f32) -> f32 {
    x / (1.0 + exp::<FUSED>(-1.702 * x))
}

/// `x · Φ(x)`, with `Φ(−|x|)` from formula 7.1.26 of Abramowitz and Stegun, whose error in `erf` is
/// below 1.5e-7. The tail is computed directly, never as a difference from 1, so that the error of
/// the result stays below 5e-7 everywhere and shrinks with the tail.
#[inline(always)]
fn gelu<const FUSED: bool>(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / multiply_add::<FUSED>(0.327_591_1, z, 1.0);
    let mut sum = 1.061_405_4;
    for coefficient in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        sum = multiply_add::<FUSED>(sum, t, coefficient);
    }
    let tail = 0.5 * sum * t * exp::<FUSED>(-z * z);
    relu(x) - x.abs() * tail
}

/// `eˣ` to within 2 units in the last place; `x` is clamped to −87 to 87.
///
/// Splits off the whole powers of two (Cody and Waite's two-part logarithm) and computes the rest
/// by its Taylor series, whose remainder on ±ln 2 / 2 is below 1e-8.
#[inline(always)]
pub fn exp<const FUSED: bool>(x: f32) -> f32 {
    // Adding 1.5 × 2²³ leaves the nearest integer in the low bits.
    const MAGIC: f32 = 12_582_912.0;
    const LIMIT: f32 = 87.0;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    const SIGN: u32 = 1 << 31;
    let bits = x.to_bits();
    let amount = (bits & !SIGN).min(LIMIT.to_bits());
    let x = f32::from_bits(amount | bits & SIGN);
    let shifted = multiply_add::<FUSED>(x, std::f32::consts::LOG2_E, MAGIC);
    let power = shifted - MAGIC;
    let rest = multiply_add::<FUSED>(power, -LN_2_HIGH, x);
    let rest = multiply_add::<FUSED>(power, -LN_2_LOW, rest);
    let mut sum = 1.0 / 5040.0;
    for coefficient in [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        sum = multiply_add::<FUSED>(sum, rest, coefficient);
    }
    let exponent = shifted.to_bits().wrapping_add(127) << 23;
    sum * f32::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `erf` by its Taylor series, summed in f64 until the terms vanish.
    fn erf(x: f64) -> f64 {
        let (mut term, mut sum) = (x, x);
        for n in 1..200 {
            let n = f64::from(n);
            term *= -x * x / n;
            sum += term / (2.0 * n + 1.0);
        }
        sum * 2.0 / std::f64::consts::PI.sqrt()
    }

    fn samples(limit: f32) -> impl Iterator<Item = f32> {
        (-4000..=4000).map(move |step| step as f32 / 4000.0 * limit)
    }

    #[test]
    fn gelu_is_exact_to_a_millionth() {
        for x in samples(5.0) {
            let wide = f64::from(x);
            let exact = 0.5 * wide * (1.0 + erf(wide / std::f64::consts::SQRT_2));
            assert!(
                (f64::from(gelu::<false>(x)) - exact).abs() < 1e-6,
                "gelu({x})"
            );
            assert!(
                (f64::from(gelu::<true>(x)) - exact).abs() < 1e-6,
                "fused gelu({x})"
            );
        }
    }

    #[test]
    fn exp_is_exact_to_single_precision() {
        for x in samples(86.0) {
            let exact = f64::from(x).exp();
            assert!(
                (f64::from(exp::<false>(x)) / exact - 1.0).abs() < 3e-7,
                "exp({x})"
            );
            assert!(
                (f64::from(exp::<true>(x)) / exact - 1.0).abs() < 3e-7,
                "fused exp({x})"
            );
        }
    }

    #[test]
    fn extremes_stay_finite() {
        for x in [-1e30, -200.0, 200.0, 1e30] {
            let mut values = [x; 2];
            apply::<false>(Epilogue::QuickGelu, &mut values[..1]);
            apply::<false>(Epilogue::Gelu, &mut values[1..]);
            let limit = if x > 0.0 { x } else { 0.0 };
            for value in values {
                assert!(
                    (value - limit).abs() <= limit * 1e-6 + 1e-6,
                    "{x} gives {value}"
                );
            }
        }
    }
}
