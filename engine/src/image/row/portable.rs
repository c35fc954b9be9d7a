//! The loops in plain Rust.

use super::operands::Rounding;
#[cfg(any(test, not(target_arch = "wasm32")))]
use super::operands::{LOW_BITS, Weights};

/// The sum of samples multiplied by weights, from the first sample on. The plane may have spare
/// samples at its end, up to a whole group.
#[cfg(any(test, not(target_arch = "wasm32")))]
pub fn weighted_sum(plane: &[u8], weights: &Weights) -> i32 {
    let sum = |weights: &[i16]| {
        let products = plane.iter().zip(weights);
        let products = products.map(|(sample, weight)| i32::from(*sample) * i32::from(*weight));
        products.fold(0, i32::wrapping_add)
    };
    (sum(&weights.upper) << LOW_BITS).wrapping_add(sum(&weights.lower))
}

/// Adds a row, multiplied by `weight`, to sums.
pub fn add_weighted(sums: &mut [i32], row: &[u8], weight: i32) {
    for (sum, sample) in sums.iter_mut().zip(row) {
        *sum = sum.wrapping_add(i32::from(*sample) * weight);
    }
}

/// Splits interleaved pixels into a plane for each channel.
pub fn split(pixels: &[u8], planes: &mut [Vec<u8>]) {
    let channels = planes.len();
    for (channel, plane) in planes.iter_mut().enumerate() {
        let samples = pixels.iter().skip(channel).step_by(channels);
        for (to, from) in plane.iter_mut().zip(samples) {
            *to = *from;
        }
    }
}

/// Three quarters of the near row and one of the far row, times four.
pub fn add_rows(near: &[u8], far: &[u8], sums: &mut [u16]) {
    for (sum, (near, far)) in sums.iter_mut().zip(near.iter().zip(far)) {
        *sum = 3 * u16::from(*near) + u16::from(*far);
    }
}

/// Doubles a row: each new sample is three quarters of its own and one of its neighbour. `sums` has
/// a neighbour more at each end than half of `output`.
pub fn upsample(sums: &[u16], rounding: Rounding, output: &mut [u8]) {
    let Rounding {
        shift,
        biases: [left, right],
    } = rounding;
    for (pair, sums) in output.chunks_exact_mut(2).zip(sums.windows(3)) {
        let own = 3 * sums[1];
        pair[0] = ((own + sums[0] + left) >> shift) as u8;
        pair[1] = ((own + sums[2] + right) >> shift) as u8;
    }
}

/// Converts luma and the two colour differences to RGB (libjpeg `jdcolor.c`, `ycc_rgb_convert`: JFIF's
/// factors with 16 fractional bits).
pub fn to_rgb(luma: &[u8], [cb, cr]: [&[u8]; 2], rgb: [&mut [u8]; 3]) {
    let [red, green, blue] = rgb;
    let colors = red.iter_mut().zip(green.iter_mut()).zip(blue.iter_mut());
    let inputs = luma.iter().zip(cb.iter().zip(cr));
    for (((red, green), blue), (luma, (cb, cr))) in colors.zip(inputs) {
        let luma = i16::from(*luma);
        let [cb, cr] = [cb, cr].map(|difference| i16::from(*difference) - 128);
        let limited = |value: i16| value.clamp(0, 255) as u8;
        // 91,881 = 65,536 + 26,345; −46,802 = −65,536 + 18,734; 116,130 = 2 × 65,536 − 14,942.
        *red = limited(luma + cr + scaled(cr, 26_345, 0, 0));
        *green = limited(luma - cr + scaled(cb, -22_554, cr, 18_734));
        *blue = limited(luma + 2 * cb + scaled(cb, -14_942, 0, 0));
    }
}

/// The sum of two products, divided by 2¹⁶ and rounded.
fn scaled(first: i16, by: i16, second: i16, by_second: i16) -> i16 {
    let product = i32::from(first) * i32::from(by) + i32::from(second) * i32::from(by_second);
    ((product + (1 << 15)) >> 16) as i16
}
