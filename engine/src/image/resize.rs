//! Pillow's antialiased bicubic, bit for bit (Pillow `src/libImaging/Resample.c`), on the centre
//! square alone: a picture 1 × 100,000 would be gigabytes if it were resized whole.

use std::ops::Range;

/// Bits after the point of a weight: 32 less 8 for the pixel and 2 for sign and overshoot.
const PRECISION_BITS: u32 = 32 - 8 - 2;

/// Radius of the cubic kernel, in source pixels where nothing is shrunk.
const SUPPORT: f64 = 2.0;

/// Resizes RGB `[height, width, 3]` so that its shorter side is `size`, and cuts out the centre:
/// `[size, size, 3]`.
pub(super) fn center_square(rgb: &[u8], width: usize, height: usize, size: usize) -> Vec<u8> {
    let columns = Axis::new(width, height, size);
    let rows = Axis::new(height, width, size);
    // As in Pillow, the horizontal pass runs first, over the rows the vertical pass will read,
    // and rounds to 8 bits in between.
    let source_rows = rows.sources();
    let mut narrow = Vec::with_capacity(source_rows.len() * size * 3);
    for row in rgb
        .chunks_exact(width * 3)
        .skip(source_rows.start)
        .take(source_rows.len())
    {
        for tap in &columns.taps {
            let pixels = row[tap.first * 3..].chunks_exact(3);
            let mut sums = [1 << (PRECISION_BITS - 1); 3];
            for (pixel, weight) in pixels.zip(&tap.weights) {
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += i32::from(*value) * weight;
                }
            }
            narrow.extend(sums.map(clip));
        }
    }
    let mut square = Vec::with_capacity(size * size * 3);
    let mut sums = vec![0; size * 3];
    for tap in &rows.taps {
        sums.fill(1 << (PRECISION_BITS - 1));
        let lines = narrow
            .chunks_exact(size * 3)
            .skip(tap.first - source_rows.start);
        for (line, weight) in lines.zip(&tap.weights) {
            for (sum, value) in sums.iter_mut().zip(line) {
                *sum += i32::from(*value) * weight;
            }
        }
        square.extend(sums.iter().copied().map(clip));
    }
    square
}

fn clip(sum: i32) -> u8 {
    (sum >> PRECISION_BITS).clamp(0, 255) as u8
}

/// What one output pixel takes from a line of source pixels.
struct Tap {
    first: usize,
    weights: Vec<i32>,
}

/// The taps of the output pixels that survive the crop along one axis.
struct Axis {
    taps: Vec<Tap>,
}

impl Axis {
    /// An axis of `length` pixels in a picture whose other axis has `other`.
    fn new(length: usize, other: usize, size: usize) -> Self {
        let resized = resized_length(length, other, size);
        let offset = crop_offset(resized - size as u64);
        let taps = (offset..offset + size as u64).map(|output| Tap::new(length, resized, output));
        Self {
            taps: taps.collect(),
        }
    }

    /// Source pixels that any tap reads. First and last bound them, since taps move forwards.
    fn sources(&self) -> Range<usize> {
        let end = |tap: &Tap| tap.first + tap.weights.len();
        let first = self.taps.first().map_or(0, |tap| tap.first);
        first..self.taps.last().map_or(first, end)
    }
}

impl Tap {
    /// `precompute_coeffs` and `normalize_coeffs_8bpc` for one output pixel.
    fn new(length: usize, resized: u64, output: u64) -> Self {
        let scale = length as f64 / resized as f64;
        let stretch = scale.max(1.0);
        let support = SUPPORT * stretch;
        let center = (output as f64 + 0.5) * scale;
        // Casts truncate towards zero and saturate, as the reference's bounds checks do.
        let first = (center - support + 0.5) as usize;
        let end = ((center + support + 0.5) as usize).min(length);
        let inverse = 1.0 / stretch;
        let weights: Vec<f64> = (first..end)
            .map(|x| cubic((x as f64 - center + 0.5) * inverse))
            .collect();
        let sum: f64 = weights.iter().sum();
        let fixed = |weight: f64| {
            let scaled = weight / sum * f64::from(1 << PRECISION_BITS);
            (scaled + 0.5f64.copysign(scaled)) as i32
        };
        Self {
            first,
            weights: weights.into_iter().map(fixed).collect(),
        }
    }
}

/// Keys' cubic convolution kernel with a = −0.5 (Keys 1981), written as Pillow evaluates it.
fn cubic(x: f64) -> f64 {
    const A: f64 = -0.5;
    let x = x.abs();
    if x < 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * A
    } else {
        0.0
    }
}

/// torchvision's `Resize` to a shorter side of `size`: the longer side is rounded down. It can
/// exceed what a 32-bit machine counts in `usize`.
fn resized_length(length: usize, other: usize, size: usize) -> u64 {
    if length <= other {
        return size as u64;
    }
    size as u64 * length as u64 / other as u64
}

/// torchvision's `CenterCrop`: half of what is left over, a half rounded to even.
fn crop_offset(surplus: u64) -> u64 {
    let half = surplus / 2;
    half + surplus % 2 * (half % 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_side_is_rounded_down_and_the_crop_half_to_even() {
        assert_eq!(resized_length(640, 427, 224), 335);
        assert_eq!(resized_length(427, 640, 224), 224);
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 111].map(crop_offset),
            [0, 0, 1, 2, 2, 2, 56]
        );
    }

    #[test]
    fn a_picture_of_the_right_size_is_unchanged() {
        let rgb: Vec<u8> = (0..5 * 5 * 3)
            .map(|value| (value * 37 % 256) as u8)
            .collect();
        assert_eq!(center_square(&rgb, 5, 5, 5), rgb);
    }

    #[test]
    fn a_line_of_pixels_is_not_resized_whole() {
        let rgb: Vec<u8> = vec![9; 3_000_000];
        assert_eq!(
            center_square(&rgb, 1_000_000, 1, 224),
            vec![9; 224 * 224 * 3]
        );
        assert_eq!(
            center_square(&rgb, 1, 1_000_000, 224),
            vec![9; 224 * 224 * 3]
        );
    }
}
