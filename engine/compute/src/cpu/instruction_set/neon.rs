//! ARM's products: of 16-bit integers, which every 64-bit processor has; of bytes, in fours
//! (`sdot`) or as matrices (`smmla`); and of floats.
//!
//! For products of bytes, each step (quantised input) is split into a high part and a low part of
//! seven bits. Both are multiplied with the same weights, and their sums are joined at the end.
//! This is as exact as sixteen bits, with two or four times as many products per instruction. Both
//! parts are signed bytes, as `sdot` and `smmla` take them, so no offset has to be cancelled.
//!
//! Sixteen of the 32 registers hold a tile's sums, enough to keep four units with a latency of four
//! busy. With bytes, six rows instead of four would save a sixth of the loads, but leave no
//! registers to load ahead, and more surplus rows. Per iteration of the innermost loop, from the
//! disassembly:
//!
//! | | outputs | columns | products | loads | all instructions | per multiply-add |
//! |---|---|---|---|---|---|---|
//! | LLVM's own | 4 × 16 | 2 | 32 `mla` | 6 | 88 | 0.69 |
//! | [`Neon`] | 8 × 8 | 4 | 64 `smlal` | 9 | 90 | 0.35 |
//! | [`DotProduct`] | 4 × 8 | 8 | 32 `sdot` | 6 | 44 | 0.17 |
//! | [`MatrixProduct`] | 4 × 8 | 16 | 32 `smmla` | 8 | 50 | 0.10 |
//! | [`add_fours`] | 8 × 8 | 4 | 64 `fmla` | 12 | 89 | 0.35 |
//!
//! With twice the columns per iteration, LLVM would no longer unroll over the rows, and sums would
//! go through memory. The two byte instructions have no stable intrinsics yet, hence `asm!`.

#![allow(unsafe_code)]

use std::arch::aarch64::*;
use std::arch::asm;

use super::dot::Dot;

/// Sums in a row of a tile: eight output features.
const LANES: usize = 8;
/// Bits of the low part of a step.
const LOW_BITS: u32 = 7;

/// The high parts and the low parts of steps.
#[inline(always)]
fn split<const COUNT: usize>(steps: &[i16]) -> [[i8; COUNT]; 2] {
    let mut parts = [[0; COUNT]; 2];
    let [high, low] = &mut parts;
    for ((high, low), step) in high.iter_mut().zip(low).zip(steps) {
        *high = (step >> LOW_BITS) as i8;
        *low = (step & ((1 << LOW_BITS) - 1)) as i8;
    }
    parts
}

/// Joins the sums of high and low parts. High parts alone may overflow 32 bits when the whole does
/// not; the instructions wrap.
#[inline(always)]
fn join(high: [int32x4_t; 2], low: [int32x4_t; 2]) -> [i32; LANES] {
    // SAFETY: NEON is part of the target; both sides of the second are 32 bytes of plain numbers.
    unsafe {
        let whole = |high, low| vaddq_s32(vshlq_n_s32::<{ LOW_BITS as i32 }>(high), low);
        std::mem::transmute([whole(high[0], low[0]), whole(high[1], low[1])])
    }
}

/// Loads sixteen bytes.
#[inline(always)]
fn load(bytes: &[[i8; 8]; 2]) -> int8x16_t {
    // SAFETY: NEON is part of the target, and the array has the sixteen bytes that are read.
    unsafe { vld1q_s8(bytes.as_ptr().cast()) }
}

/// 16-bit products: four products and their sums per instruction. Weights are widened once for all
/// rows of a tile.
pub struct Neon;

impl Neon {
    /// Adjacent columns of a row of weights.
    pub const GROUP: usize = 1;
}

impl Dot<LANES> for Neon {
    type Sums = [int32x4_t; 2];
    type Inputs = [i16; 4];
    const COLUMNS: usize = 4;
    type Stored = [[[i8; 8]; 2]; 2];
    type Weights = [int16x8_t; 4];

    #[inline(always)]
    fn inputs(steps: &[i16]) -> Self::Inputs {
        [steps[0], steps[1], steps[2], steps[3]]
    }

    #[inline(always)]
    fn zero() -> Self::Sums {
        // SAFETY: NEON is part of the target.
        unsafe { [vdupq_n_s32(0); 2] }
    }

    #[inline(always)]
    fn weights([first, second]: &Self::Stored) -> Self::Weights {
        let [first, second] = [load(first), load(second)];
        // SAFETY: NEON is part of the target.
        unsafe {
            [
                vmovl_s8(vget_low_s8(first)),
                vmovl_high_s8(first),
                vmovl_s8(vget_low_s8(second)),
                vmovl_high_s8(second),
            ]
        }
    }

    #[inline(always)]
    fn add(sums: Self::Sums, weights: Self::Weights, inputs: Self::Inputs) -> Self::Sums {
        #[inline(always)]
        fn column<const COLUMN: i32>(
            [a, b]: [int32x4_t; 2],
            weights: int16x8_t,
            inputs: int16x4_t,
        ) -> [int32x4_t; 2] {
            // SAFETY: NEON is part of the target.
            unsafe {
                [
                    vmlal_lane_s16::<COLUMN>(a, vget_low_s16(weights), inputs),
                    vmlal_high_lane_s16::<COLUMN>(b, weights, inputs),
                ]
            }
        }
        // SAFETY: NEON is part of the target, and the array has the eight bytes that are read.
        let inputs = unsafe { vld1_s16(inputs.as_ptr()) };
        let sums = column::<0>(sums, weights[0], inputs);
        let sums = column::<1>(sums, weights[1], inputs);
        let sums = column::<2>(sums, weights[2], inputs);
        column::<3>(sums, weights[3], inputs)
    }

    #[inline(always)]
    fn sums(sums: Self::Sums) -> [i32; LANES] {
        // SAFETY: both are 32 bytes of plain numbers.
        unsafe { std::mem::transmute(sums) }
    }
}

/// Byte products: sixteen products and their four sums per instruction.
pub struct DotProduct;

impl DotProduct {
    /// Adjacent columns of a row of weights.
    pub const GROUP: usize = 4;

    /// Adds the products of four rows of weights with the `GROUP`th four columns of inputs.
    #[inline(always)]
    fn sdot<const GROUP: u8>(
        mut sums: int32x4_t,
        weights: int8x16_t,
        inputs: int8x16_t,
    ) -> int32x4_t {
        // SAFETY: `InstructionSet` runs kernels with this type only inside a function that enables
        // the instruction, on processors that have it. It uses only registers.
        unsafe {
            asm!(
                "sdot {sums:v}.4s, {weights:v}.16b, {inputs:v}.4b[{group}]",
                sums = inout(vreg) sums,
                weights = in(vreg) weights,
                inputs = in(vreg) inputs,
                group = const GROUP,
                options(pure, nomem, nostack, preserves_flags),
            );
        }
        sums
    }

    /// [`Self::sdot`] with the high parts of four columns, and with the low parts after them.
    #[inline(always)]
    fn add_both<const HIGH: u8, const LOW: u8>(
        [high, low]: [[int32x4_t; 2]; 2],
        [first, second]: [int8x16_t; 2],
        inputs: int8x16_t,
    ) -> [[int32x4_t; 2]; 2] {
        [
            [
                Self::sdot::<HIGH>(high[0], first, inputs),
                Self::sdot::<HIGH>(high[1], second, inputs),
            ],
            [
                Self::sdot::<LOW>(low[0], first, inputs),
                Self::sdot::<LOW>(low[1], second, inputs),
            ],
        ]
    }
}

impl Dot<LANES> for DotProduct {
    /// Sums of high parts, and of low parts.
    type Sums = [[int32x4_t; 2]; 2];
    type Inputs = [[[i8; 4]; 2]; 2];
    const COLUMNS: usize = 8;
    const MOST_ROWS: usize = 4;
    type Stored = [[[[i8; 8]; 2]; 2]; 2];
    type Weights = [[int8x16_t; 2]; 2];

    #[inline(always)]
    fn inputs(steps: &[i16]) -> Self::Inputs {
        let (first, second) = steps.split_at(4);
        [split(first), split(second)]
    }

    #[inline(always)]
    fn zero() -> Self::Sums {
        [Neon::zero(); 2]
    }

    #[inline(always)]
    fn weights([a, b]: &Self::Stored) -> Self::Weights {
        [[load(&a[0]), load(&a[1])], [load(&b[0]), load(&b[1])]]
    }

    #[inline(always)]
    fn add(sums: Self::Sums, [first, second]: Self::Weights, inputs: Self::Inputs) -> Self::Sums {
        // SAFETY: NEON is part of the target, and the array has the sixteen bytes that are read.
        let inputs = unsafe { vld1q_s8(inputs.as_ptr().cast()) };
        let sums = Self::add_both::<0, 1>(sums, first, inputs);
        Self::add_both::<2, 3>(sums, second, inputs)
    }

    #[inline(always)]
    fn sums([high, low]: Self::Sums) -> [i32; LANES] {
        join(high, low)
    }
}

/// Byte products: 32 products and their four sums per instruction, of two rows of eight bytes with
/// two. The high and low parts of one input row are two rows, so a single row fills it.
pub struct MatrixProduct;

impl MatrixProduct {
    /// Adjacent columns of a row of weights.
    pub const GROUP: usize = 8;

    /// Adds the products of eight columns of inputs, high and low parts, with two rows of weights:
    /// two sums of high parts, then two of low parts.
    #[inline(always)]
    fn smmla(mut sums: int32x4_t, inputs: int8x16_t, weights: int8x16_t) -> int32x4_t {
        // SAFETY: as for `sdot`.
        unsafe {
            asm!(
                "smmla {sums:v}.4s, {inputs:v}.16b, {weights:v}.16b",
                sums = inout(vreg) sums,
                inputs = in(vreg) inputs,
                weights = in(vreg) weights,
                options(pure, nomem, nostack, preserves_flags),
            );
        }
        sums
    }
}

impl Dot<LANES> for MatrixProduct {
    /// Sums of two output features each.
    type Sums = [int32x4_t; 4];
    type Inputs = [[[i8; 8]; 2]; 2];
    const COLUMNS: usize = 16;
    const MOST_ROWS: usize = 4;
    type Stored = [[[[i8; 8]; 2]; 4]; 2];
    type Weights = [[int8x16_t; 4]; 2];

    #[inline(always)]
    fn inputs(steps: &[i16]) -> Self::Inputs {
        let (first, second) = steps.split_at(8);
        [split(first), split(second)]
    }

    #[inline(always)]
    fn zero() -> Self::Sums {
        let [a, b] = Neon::zero();
        [a, b, a, b]
    }

    #[inline(always)]
    fn weights([first, second]: &Self::Stored) -> Self::Weights {
        [
            [
                load(&first[0]),
                load(&first[1]),
                load(&first[2]),
                load(&first[3]),
            ],
            [
                load(&second[0]),
                load(&second[1]),
                load(&second[2]),
                load(&second[3]),
            ],
        ]
    }

    #[inline(always)]
    fn add(mut sums: Self::Sums, weights: Self::Weights, inputs: Self::Inputs) -> Self::Sums {
        for (inputs, weights) in inputs.iter().zip(weights) {
            let inputs = load(inputs);
            for (sums, weights) in sums.iter_mut().zip(weights) {
                *sums = Self::smmla(*sums, inputs, weights);
            }
        }
        sums
    }

    #[inline(always)]
    fn sums([a, b, c, d]: Self::Sums) -> [i32; LANES] {
        #[inline(always)]
        fn halves(a: int32x4_t, b: int32x4_t) -> (int32x4_t, int32x4_t) {
            // SAFETY: NEON is part of the target.
            unsafe {
                let [a, b] = [vreinterpretq_s64_s32(a), vreinterpretq_s64_s32(b)];
                let [first, second] = [vzip1q_s64(a, b), vzip2q_s64(a, b)];
                (vreinterpretq_s32_s64(first), vreinterpretq_s32_s64(second))
            }
        }
        let ((high_ab, low_ab), (high_cd, low_cd)) = (halves(a, b), halves(c, d));
        join([high_ab, high_cd], [low_ab, low_cd])
    }
}

/// Adds the products of all whole groups of four columns to a tile of sums, in order. Returns the
/// rest of rows and panel.
///
/// `fmla` can take one of four values of a register. From a plain loop, LLVM loads each value into
/// all four places instead, which on many cores occupies a unit that could compute a product.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
pub fn add_fours<'a, const ROWS: usize, const LANES: usize>(
    rows: [&'a [f32]; ROWS],
    panel: &'a [[f32; LANES]],
    sums: &mut [[f32; LANES]; ROWS],
) -> ([&'a [f32]; ROWS], &'a [[f32; LANES]]) {
    const { assert!(LANES == self::LANES) };
    #[inline(always)]
    fn column<const COLUMN: i32, const ROWS: usize>(
        tile: &mut [[float32x4_t; 2]; ROWS],
        weights: [float32x4_t; 2],
        values: &[float32x4_t; ROWS],
    ) {
        for row in 0..ROWS {
            for half in 0..2 {
                // SAFETY: NEON is part of the target.
                tile[row][half] = unsafe {
                    vfmaq_laneq_f32::<COLUMN>(tile[row][half], weights[half], values[row])
                };
            }
        }
    }
    let (blocks, rest) = panel.as_chunks::<4>();
    let starts: [&[[f32; 4]]; ROWS] =
        std::array::from_fn(|row| &rows[row].as_chunks().0[..blocks.len()]);
    // SAFETY: a row of sums and one of the tile are 32 bytes of plain numbers each.
    let mut tile: [[float32x4_t; 2]; ROWS] = unsafe { std::mem::transmute_copy(sums) };
    for (block, weights) in blocks.iter().enumerate() {
        // SAFETY: NEON is part of the target, and what is read are four values of a row and eight
        // weights of each column.
        let (values, weights) = unsafe {
            let mut values = [vdupq_n_f32(0.0); ROWS];
            for row in 0..ROWS {
                values[row] = vld1q_f32(starts[row][block].as_ptr());
            }
            let mut both = [[values[0]; 2]; 4];
            for column in 0..4 {
                let weights = weights[column].as_ptr();
                both[column] = [vld1q_f32(weights), vld1q_f32(weights.add(4))];
            }
            (values, both)
        };
        column::<0, ROWS>(&mut tile, weights[0], &values);
        column::<1, ROWS>(&mut tile, weights[1], &values);
        column::<2, ROWS>(&mut tile, weights[2], &values);
        column::<3, ROWS>(&mut tile, weights[3], &values);
    }
    // SAFETY: as above.
    *sums = unsafe { std::mem::transmute_copy(&tile) };
    (rows.map(|row| &row[4 * blocks.len()..]), rest)
}
