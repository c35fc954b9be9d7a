//! The loops with vectors of 128 bits. What does not fill a vector is left to the plain loops.

use core::arch::wasm32::{
    i8x16_shuffle, i16x8_add, i16x8_narrow_i32x4, i16x8_shl, i16x8_shuffle, i16x8_splat, i16x8_sub,
    i32x4_add, i32x4_dot_i16x8, i32x4_extmul_high_i16x8, i32x4_extmul_low_i16x8,
    i32x4_extract_lane, i32x4_mul, i32x4_shl, i32x4_shr, i32x4_shuffle, i32x4_splat,
    u8x16_narrow_i16x8, u16x8_extend_high_u8x16, u16x8_extend_low_u8x16, u16x8_mul, u16x8_shr,
    u16x8_splat, u32x4_extend_high_u16x8, u32x4_extend_low_u16x8, v128, v128_load,
    v128_load64_zero, v128_or, v128_store,
};

use super::operands::{GROUP, LOW_BITS, Rounding, Weights};
use super::portable;

/// Samples of a vector.
const LANES: usize = 16;

/// A type of which any bytes are a value.
trait Plain: Copy {}
impl Plain for u8 {}
impl Plain for i16 {}
impl Plain for u16 {}
impl Plain for i32 {}

#[inline(always)]
fn load<T: Plain>(values: &[T]) -> v128 {
    assert!(size_of_val(values) >= size_of::<v128>());
    // SAFETY: the slice has 16 bytes, and a vector may be read from any address.
    unsafe { v128_load(values.as_ptr().cast()) }
}

#[inline(always)]
fn store<T: Plain>(values: &mut [T], vector: v128) {
    assert!(size_of_val(values) >= size_of::<v128>());
    // SAFETY: the slice has 16 bytes, and a vector may be written to any address.
    unsafe { v128_store(values.as_mut_ptr().cast(), vector) }
}

/// Eight samples as 16-bit numbers.
#[inline(always)]
fn load_group(samples: &[u8]) -> v128 {
    assert!(samples.len() >= GROUP);
    // SAFETY: the slice has 8 bytes, and a vector may be read from any address.
    u16x8_extend_low_u8x16(unsafe { v128_load64_zero(samples.as_ptr().cast()) })
}

/// As [`portable::weighted_sum`].
pub fn weighted_sum(plane: &[u8], weights: &Weights) -> i32 {
    let (mut lower, mut upper) = (i32x4_splat(0), i32x4_splat(0));
    let (samples, _) = plane.as_chunks::<GROUP>();
    let (of_lower, _) = weights.lower.as_chunks::<GROUP>();
    let (of_upper, _) = weights.upper.as_chunks::<GROUP>();
    for (samples, (of_lower, of_upper)) in samples.iter().zip(of_lower.iter().zip(of_upper)) {
        let samples = load_group(samples);
        lower = i32x4_add(lower, i32x4_dot_i16x8(samples, load(of_lower)));
        upper = i32x4_add(upper, i32x4_dot_i16x8(samples, load(of_upper)));
    }
    let sums = i32x4_add(i32x4_shl(upper, LOW_BITS), lower);
    let sums = i32x4_add(sums, i32x4_shuffle::<2, 3, 0, 1>(sums, sums));
    let sums = i32x4_add(sums, i32x4_shuffle::<1, 0, 3, 2>(sums, sums));
    i32x4_extract_lane::<0>(sums)
}

/// As [`portable::add_weighted`].
pub fn add_weighted(sums: &mut [i32], row: &[u8], weight: i32) {
    let factor = i32x4_splat(weight);
    let mut sums = sums.chunks_exact_mut(GROUP);
    let mut row = row.chunks_exact(GROUP);
    for (sums, samples) in sums.by_ref().zip(row.by_ref()) {
        let samples = load_group(samples);
        let (first, second) = sums.split_at_mut(4);
        let product = i32x4_mul(u32x4_extend_low_u16x8(samples), factor);
        store(first, i32x4_add(load(first), product));
        let product = i32x4_mul(u32x4_extend_high_u16x8(samples), factor);
        store(second, i32x4_add(load(second), product));
    }
    portable::add_weighted(sums.into_remainder(), row.remainder(), weight);
}

/// As [`portable::split`].
pub fn split(pixels: &[u8], planes: &mut [Vec<u8>]) {
    let [red, green, blue] = planes else {
        return portable::split(pixels, planes);
    };
    let mut done = 0;
    let colors = red.chunks_exact_mut(LANES);
    let colors = colors.zip(green.chunks_exact_mut(LANES));
    let colors = colors.zip(blue.chunks_exact_mut(LANES));
    for (pixels, ((red, green), blue)) in pixels.chunks_exact(3 * LANES).zip(colors) {
        let [a, b, c] = [0, 1, 2].map(|part| load(&pixels[part * LANES..]));
        // Each first takes what the first two vectors have of a channel, then the third's.
        let part = i8x16_shuffle::<0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 0, 0, 0, 0, 0>(a, b);
        let vector = i8x16_shuffle::<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 20, 23, 26, 29>(part, c);
        store(red, vector);
        let part = i8x16_shuffle::<1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, 0, 0, 0, 0, 0>(a, b);
        let vector = i8x16_shuffle::<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 21, 24, 27, 30>(part, c);
        store(green, vector);
        let part = i8x16_shuffle::<2, 5, 8, 11, 14, 17, 20, 23, 26, 29, 0, 0, 0, 0, 0, 0>(a, b);
        let vector = i8x16_shuffle::<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 22, 25, 28, 31>(part, c);
        store(blue, vector);
        done += LANES;
    }
    for (channel, plane) in [red, green, blue].into_iter().enumerate() {
        let samples = pixels.iter().skip(3 * done + channel).step_by(3);
        for (to, from) in plane.iter_mut().skip(done).zip(samples) {
            *to = *from;
        }
    }
}

/// As [`portable::add_rows`].
pub fn add_rows(near: &[u8], far: &[u8], sums: &mut [u16]) {
    let three = u16x8_splat(3);
    let mut sums = sums.chunks_exact_mut(GROUP);
    let (mut near, mut far) = (near.chunks_exact(GROUP), far.chunks_exact(GROUP));
    for (sums, (near, far)) in sums.by_ref().zip(near.by_ref().zip(far.by_ref())) {
        let near = u16x8_mul(load_group(near), three);
        store(sums, i16x8_add(near, load_group(far)));
    }
    portable::add_rows(near.remainder(), far.remainder(), sums.into_remainder());
}

/// As [`portable::upsample`].
pub fn upsample(sums: &[u16], rounding: Rounding, output: &mut [u8]) {
    let [left, right] = rounding.biases.map(|bias| u16x8_splat(bias));
    let three = u16x8_splat(3);
    let mut done = 0;
    let mut pairs = output.chunks_exact_mut(2 * GROUP);
    for pairs in pairs.by_ref() {
        let sums = &sums[done..];
        let own = u16x8_mul(load(&sums[1..]), three);
        let first = u16x8_shr(i16x8_add(i16x8_add(own, load(sums)), left), rounding.shift);
        let second = u16x8_shr(
            i16x8_add(i16x8_add(own, load(&sums[2..])), right),
            rounding.shift,
        );
        store(pairs, v128_or(first, i16x8_shl(second, 8)));
        done += GROUP;
    }
    portable::upsample(&sums[done..], rounding, pairs.into_remainder());
}

/// `(difference × factor + ½) / 2¹⁶`, rounded down.
#[inline(always)]
fn scaled(difference: v128, factor: i16) -> v128 {
    let factor = i16x8_splat(factor);
    rounded(
        i32x4_extmul_low_i16x8(difference, factor),
        i32x4_extmul_high_i16x8(difference, factor),
    )
}

#[inline(always)]
fn rounded(low: v128, high: v128) -> v128 {
    let half = i32x4_splat(1 << 15);
    i16x8_narrow_i32x4(
        i32x4_shr(i32x4_add(low, half), 16),
        i32x4_shr(i32x4_add(high, half), 16),
    )
}

/// Red, green and blue of eight pixels as 16-bit numbers, not yet limited to 0 to 255. The plain
/// loop's factors have 17 bits; here whole differences are taken off them.
#[inline(always)]
fn rgb_of_group([luma, cb, cr]: [v128; 3]) -> [v128; 3] {
    let middle = i16x8_splat(128);
    let (cb, cr) = (i16x8_sub(cb, middle), i16x8_sub(cr, middle));
    // 91,881 = 65,536 + 26,345.
    let red = i16x8_add(i16x8_add(luma, cr), scaled(cr, 26_345));
    // −46,802 = −65,536 + 18,734.
    let factors = i32x4_splat(18_734 << 16 | (-22_554i32 & 0xffff));
    let low = i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(cb, cr);
    let high = i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(cb, cr);
    let green = rounded(
        i32x4_dot_i16x8(low, factors),
        i32x4_dot_i16x8(high, factors),
    );
    let green = i16x8_add(i16x8_sub(luma, cr), green);
    // 116,130 = 2 × 65,536 − 14,942.
    let blue = i16x8_add(i16x8_add(luma, i16x8_add(cb, cb)), scaled(cb, -14_942));
    [red, green, blue]
}

/// As [`portable::to_rgb`].
pub fn to_rgb(luma: &[u8], [cb, cr]: [&[u8]; 2], mut rgb: [&mut [u8]; 3]) {
    let whole = luma.len() / LANES * LANES;
    for at in (0..whole).step_by(LANES) {
        let [luma, cb, cr] = [luma, cb, cr].map(|row| load(&row[at..]));
        let low = [luma, cb, cr].map(|row| u16x8_extend_low_u8x16(row));
        let high = [luma, cb, cr].map(|row| u16x8_extend_high_u8x16(row));
        let colors = rgb_of_group(low).into_iter().zip(rgb_of_group(high));
        for (plane, (low, high)) in rgb.iter_mut().zip(colors) {
            store(&mut plane[at..], u8x16_narrow_i16x8(low, high));
        }
    }
    let rest = rgb.map(|plane| &mut plane[whole..]);
    portable::to_rgb(&luma[whole..], [&cb[whole..], &cr[whole..]], rest);
}
