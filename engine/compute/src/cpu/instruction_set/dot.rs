//! Integer dot products, with the instructions that each set has for them.

use bytemuck::Pod;

/// Adds the products of a few inputs at a time to the sums of `LANES` output features.
pub trait Dot<const LANES: usize> {
    /// `LANES` sums.
    type Sums: Copy;
    /// `COLUMNS` quantised inputs.
    type Inputs: Pod;
    /// Inputs that are multiplied at once.
    const COLUMNS: usize;
    /// Most rows whose sums fit the registers, if the kernel's tile has more.
    const MOST_ROWS: usize = usize::MAX;
    /// `COLUMNS` weights for each of the sums, as stored.
    type Stored: Pod;
    /// The same weights, converted for the multiplication.
    type Weights: Copy;

    /// Packs `COLUMNS` quantised inputs.
    fn inputs(steps: &[i16]) -> Self::Inputs;

    /// Sums of zero.
    fn zero() -> Self::Sums;

    /// Converts stored weights.
    fn weights(stored: &Self::Stored) -> Self::Weights;

    /// Adds the products of inputs and weights. Sums must stay in the range of i32.
    fn add(sums: Self::Sums, weights: Self::Weights, inputs: Self::Inputs) -> Self::Sums;

    /// The sums in order.
    fn sums(sums: Self::Sums) -> [i32; LANES];
}

/// Plain loops, for the compiler to vectorise.
#[cfg(not(any(
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
pub struct Plain;

#[cfg(not(any(
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
impl<const LANES: usize> Dot<LANES> for Plain
where
    [[i8; 2]; LANES]: Pod,
{
    type Sums = [i32; LANES];
    type Inputs = [i16; 2];
    const COLUMNS: usize = 2;
    type Stored = [[i8; 2]; LANES];
    type Weights = [[i16; 2]; LANES];

    #[inline(always)]
    fn inputs(steps: &[i16]) -> Self::Inputs {
        [steps[0], steps[1]]
    }

    #[inline(always)]
    fn zero() -> Self::Sums {
        [0; LANES]
    }

    #[inline(always)]
    fn weights(stored: &Self::Stored) -> Self::Weights {
        stored.map(|pair| pair.map(i16::from))
    }

    #[inline(always)]
    fn add(mut sums: Self::Sums, weights: Self::Weights, inputs: Self::Inputs) -> Self::Sums {
        let [first, second] = inputs.map(i32::from);
        for lane in 0..LANES {
            let [a, b] = weights[lane].map(i32::from);
            sums[lane] += a * first + b * second;
        }
        sums
    }

    #[inline(always)]
    fn sums(sums: Self::Sums) -> [i32; LANES] {
        sums
    }
}

/// Two inputs in 32 bits, the first in the low half.
#[cfg(any(target_arch = "x86_64", target_arch = "wasm32"))]
#[inline(always)]
fn side_by_side([first, second]: [i16; 2]) -> i32 {
    i32::from(first as u16) | (i32::from(second) << 16)
}

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use simd128::Simd128;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd128 {
    use std::arch::wasm32::*;

    use super::{Dot, side_by_side};

    /// WebAssembly's 128 bits: eight products and their four sums per instruction.
    pub struct Simd128;

    impl Dot<8> for Simd128 {
        type Sums = [v128; 2];
        type Inputs = [i16; 2];
        const COLUMNS: usize = 2;
        type Stored = [[i8; 2]; 8];
        type Weights = [v128; 2];

        #[inline(always)]
        fn inputs(steps: &[i16]) -> Self::Inputs {
            [steps[0], steps[1]]
        }

        #[inline(always)]
        fn zero() -> Self::Sums {
            [i32x4_splat(0); 2]
        }

        #[inline(always)]
        #[allow(unsafe_code)]
        fn weights(stored: &Self::Stored) -> Self::Weights {
            // SAFETY: the array has the sixteen bytes that are read; any alignment is allowed.
            let bytes = unsafe { v128_load(stored.as_ptr().cast()) };
            [
                i16x8_extend_low_i8x16(bytes),
                i16x8_extend_high_i8x16(bytes),
            ]
        }

        #[inline(always)]
        fn add(sums: Self::Sums, weights: Self::Weights, inputs: Self::Inputs) -> Self::Sums {
            let inputs = i32x4_splat(side_by_side(inputs));
            let add = |half: usize| i32x4_add(sums[half], i32x4_dot_i16x8(weights[half], inputs));
            [add(0), add(1)]
        }

        #[inline(always)]
        fn sums(sums: Self::Sums) -> [i32; 8] {
            let [a, b] = sums;
            [
                i32x4_extract_lane::<0>(a),
                i32x4_extract_lane::<1>(a),
                i32x4_extract_lane::<2>(a),
                i32x4_extract_lane::<3>(a),
                i32x4_extract_lane::<0>(b),
                i32x4_extract_lane::<1>(b),
                i32x4_extract_lane::<2>(b),
                i32x4_extract_lane::<3>(b),
            ]
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub use x86::{Avx2, Avx512, Avx512Vnni};

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod x86 {
    use std::arch::x86_64::*;

    use super::{Dot, side_by_side};

    /// 256 bits: sixteen products and their eight sums per instruction.
    pub struct Avx2;

    // SAFETY: `InstructionSet` runs kernels with these types only inside functions that enable the
    // instructions, on processors that have them.
    impl Dot<16> for Avx2 {
        type Sums = [__m256i; 2];
        type Inputs = [i16; 2];
        const COLUMNS: usize = 2;
        type Stored = [[i8; 2]; 16];
        type Weights = [__m256i; 2];

        #[inline(always)]
        fn inputs(steps: &[i16]) -> Self::Inputs {
            [steps[0], steps[1]]
        }

        #[inline(always)]
        fn zero() -> Self::Sums {
            // SAFETY: as for the whole.
            unsafe { [_mm256_setzero_si256(); 2] }
        }

        #[inline(always)]
        fn weights(stored: &Self::Stored) -> Self::Weights {
            let bytes: *const __m128i = stored.as_ptr().cast();
            // SAFETY: as for the whole; the array has the 32 bytes that are read.
            unsafe { [0, 1].map(|half| _mm256_cvtepi8_epi16(_mm_loadu_si128(bytes.add(half)))) }
        }

        #[inline(always)]
        fn add(sums: Self::Sums, weights: Self::Weights, inputs: Self::Inputs) -> Self::Sums {
            // SAFETY: as for the whole.
            unsafe {
                let inputs = _mm256_set1_epi32(side_by_side(inputs));
                [0, 1].map(|half| {
                    _mm256_add_epi32(sums[half], _mm256_madd_epi16(weights[half], inputs))
                })
            }
        }

        #[inline(always)]
        fn sums(sums: Self::Sums) -> [i32; 16] {
            // SAFETY: both are 64 bytes of plain numbers.
            unsafe { std::mem::transmute(sums) }
        }
    }

    /// 512 bits: 32 products and their sixteen sums per instruction.
    pub struct Avx512;

    // SAFETY: as for AVX2.
    impl Dot<32> for Avx512 {
        type Sums = [__m512i; 2];
        type Inputs = [i16; 2];
        const COLUMNS: usize = 2;
        type Stored = [[i8; 2]; 32];
        type Weights = [__m512i; 2];

        #[inline(always)]
        fn inputs(steps: &[i16]) -> Self::Inputs {
            [steps[0], steps[1]]
        }

        #[inline(always)]
        fn zero() -> Self::Sums {
            // SAFETY: as for the whole.
            unsafe { [_mm512_setzero_si512(); 2] }
        }

        #[inline(always)]
        fn weights(stored: &Self::Stored) -> Self::Weights {
            let bytes: *const __m256i = stored.as_ptr().cast();
            // SAFETY: as for the whole; the array has the 64 bytes that are read.
            unsafe { [0, 1].map(|half| _mm512_cvtepi8_epi16(_mm256_loadu_si256(bytes.add(half)))) }
        }

        #[inline(always)]
        fn add(sums: Self::Sums, weights: Self::Weights, inputs: Self::Inputs) -> Self::Sums {
            // SAFETY: as for the whole.
            unsafe {
                let inputs = _mm512_set1_epi32(side_by_side(inputs));
                [0, 1].map(|half| {
                    _mm512_add_epi32(sums[half], _mm512_madd_epi16(weights[half], inputs))
                })
            }
        }

        #[inline(always)]
        fn sums(sums: Self::Sums) -> [i32; 32] {
            // SAFETY: both are 128 bytes of plain numbers.
            unsafe { std::mem::transmute(sums) }
        }
    }

    /// As [`Avx512`], with products and addition in one instruction.
    pub struct Avx512Vnni;

    // SAFETY: as for AVX2.
    impl Dot<32> for Avx512Vnni {
        type Sums = <Avx512 as Dot<32>>::Sums;
        type Inputs = [i16; 2];
        const COLUMNS: usize = 2;
        type Stored = [[i8; 2]; 32];
        type Weights = <Avx512 as Dot<32>>::Weights;

        #[inline(always)]
        fn inputs(steps: &[i16]) -> Self::Inputs {
            [steps[0], steps[1]]
        }

        #[inline(always)]
        fn zero() -> Self::Sums {
            Avx512::zero()
        }

        #[inline(always)]
        fn weights(stored: &Self::Stored) -> Self::Weights {
            Avx512::weights(stored)
        }

        #[inline(always)]
        fn add(sums: Self::Sums, weights: Self::Weights, inputs: Self::Inputs) -> Self::Sums {
            // SAFETY: as for the whole.
            unsafe {
                let inputs = _mm512_set1_epi32(side_by_side(inputs));
                [0, 1].map(|half| _mm512_dpwssd_epi32(sums[half], weights[half], inputs))
            }
        }

        #[inline(always)]
        fn sums(sums: Self::Sums) -> [i32; 32] {
            Avx512::sums(sums)
        }
    }
}
