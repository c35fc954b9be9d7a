//! Loops over a row of 8-bit samples.
//!
//! ```text
//! operands   weights, and how sums are rounded
//! portable   in plain Rust, which compilers vectorise natively
//! simd128    with WebAssembly's vectors; its results are the same
//! ```

mod operands;
mod portable;
#[cfg(target_arch = "wasm32")]
mod simd128;

pub(super) use operands::{GROUP, Rounding, Weights};
#[cfg(not(target_arch = "wasm32"))]
pub(super) use portable::{add_rows, add_weighted, split, to_rgb, upsample, weighted_sum};
#[cfg(target_arch = "wasm32")]
pub(super) use simd128::{add_rows, add_weighted, split, to_rgb, upsample, weighted_sum};

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};

    #[cfg(target_arch = "wasm32")]
    wasm_bindgen_test_configure!(run_in_dedicated_worker);

    /// Lengths with and without a rest.
    const LENGTHS: [usize; 6] = [1, 7, 8, 16, 31, 100];

    /// Numbers without a pattern.
    fn samples(seed: u32, count: usize) -> Vec<u8> {
        let mut state = seed;
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..count).map(next).collect()
    }

    #[test]
    fn a_weighted_sum_is_exact() {
        for length in LENGTHS {
            let weights: Vec<i32> = samples(1, length * 3)
                .chunks_exact(3)
                .map(|bytes| {
                    let [a, b, c] = [bytes[0], bytes[1], bytes[2]].map(i32::from);
                    ((a << 16 | b << 8 | c) - (1 << 23)) / length as i32
                })
                .collect();
            let mut plane = samples(2, length);
            let right: i32 = plane
                .iter()
                .zip(&weights)
                .map(|(sample, weight)| i32::from(*sample) * weight)
                .sum();
            let weights = Weights::new(&weights);
            plane.resize(length + GROUP, 255);
            assert_eq!(weighted_sum(&plane, &weights), right, "{length}");
            assert_eq!(portable::weighted_sum(&plane, &weights), right, "{length}");
        }
    }

    #[test]
    fn pixels_are_split_into_planes() {
        for length in LENGTHS {
            let pixels = samples(3, length * 3);
            let mut planes = [vec![0; length], vec![0; length], vec![0; length]];
            split(&pixels, &mut planes);
            for (channel, plane) in planes.iter().enumerate() {
                let right: Vec<u8> = pixels.iter().skip(channel).step_by(3).copied().collect();
                assert_eq!(*plane, right, "{length}");
            }
        }
    }

    // Natively they are the plain loops.
    #[cfg(target_arch = "wasm32")]
    #[test]
    fn vectors_give_what_plain_loops_give() {
        for length in LENGTHS {
            let [near, far, cb, cr] = [4, 5, 6, 7].map(|seed| samples(seed, length));
            let (mut sums, mut plain_sums) = (vec![0; length], vec![0; length]);
            add_rows(&near, &far, &mut sums);
            portable::add_rows(&near, &far, &mut plain_sums);
            assert_eq!(sums, plain_sums, "{length}");

            let padded: Vec<u16> = (0..length as u16 + 2).map(|at| at * 37 % 1021).collect();
            for (shift, biases) in [(4, [8, 7]), (2, [1, 2])] {
                let rounding = Rounding { shift, biases };
                let padded: Vec<u16> = padded.iter().map(|sum| sum >> (4 - shift)).collect();
                let (mut doubled, mut plain) = (vec![0; 2 * length], vec![0; 2 * length]);
                upsample(&padded, rounding, &mut doubled);
                portable::upsample(&padded, rounding, &mut plain);
                assert_eq!(doubled, plain, "{length}");
            }

            let mut rgb = [vec![0; length], vec![0; length], vec![0; length]];
            let mut plain = rgb.clone();
            to_rgb(
                &near,
                [&cb, &cr],
                rgb.each_mut().map(|plane| &mut plane[..]),
            );
            portable::to_rgb(
                &near,
                [&cb, &cr],
                plain.each_mut().map(|plane| &mut plane[..]),
            );
            assert_eq!(rgb, plain, "{length}");

            let mut sums: Vec<i32> = (0..length as i32).collect();
            let mut plain = sums.clone();
            add_weighted(&mut sums, &near, -123_456);
            portable::add_weighted(&mut plain, &near, -123_456);
            assert_eq!(sums, plain, "{length}");
        }
    }
}
