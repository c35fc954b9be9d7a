//! A WebAssembly module of its own, which `build.rs` compiles and the engine carries as data.
//!
//! A browser without relaxed SIMD refuses any module that contains its instructions, so they cannot
//! be in the engine's. This one works on the engine's memory and has none itself: no data, no stack.

#![no_std]

use core::arch::wasm32::*;
use core::panic::PanicInfo;

/// Output features of a panel, in vectors of four.
const VECTORS: usize = 2;
/// Rows that go through a panel together: with two weights and one input their sums take fifteen
/// registers, which is what browsers leave of x86's sixteen.
const MOST_ROWS: usize = 6;

type Tile<const ROWS: usize> = [[v128; VECTORS]; ROWS];

/// One instruction's sum of four products: the bytes of `weights` are signed, and whether those of
/// `inputs` are, where their first bit is set, is the processor's choice.
#[unsafe(no_mangle)]
extern "C" fn dot(weights: i32, inputs: i32) -> i32 {
    let sums = i32x4_relaxed_dot_i8x16_i7x16_add(
        i32x4_splat(weights),
        i32x4_splat(inputs),
        i32x4_splat(0),
    );
    i32x4_extract_lane::<0>(sums)
}

/// Products of `rows` rows of inputs with a panel of weights.
///
/// A row of inputs is the upper seven bits of each, then the lower seven; four inputs are a group.
/// A panel is a sum for each output feature to begin with, then for each group its four weights of
/// each feature.
///
/// # Safety
///
/// `inputs` is good for reads of `rows × groups × 8` bytes below 128, `panel` of
/// `(1 + groups) × 32` bytes, and `sums` for writes of `rows × 2` vectors. None need be aligned.
#[unsafe(no_mangle)]
unsafe extern "C" fn product(
    mut inputs: *const u8,
    mut rows: usize,
    groups: usize,
    panel: *const v128,
    mut sums: *mut v128,
) {
    while rows > 0 {
        // Two tiles of four are quicker than one of six and one of two.
        let count = match rows {
            0..=MOST_ROWS => rows,
            _ if rows < 2 * MOST_ROWS => rows.div_ceil(2),
            _ => MOST_ROWS,
        };
        // SAFETY: the first `count` rows of those that the caller answers for.
        unsafe {
            match count {
                1 => tile::<1>(inputs, groups, panel, sums),
                2 => tile::<2>(inputs, groups, panel, sums),
                3 => tile::<3>(inputs, groups, panel, sums),
                4 => tile::<4>(inputs, groups, panel, sums),
                5 => tile::<5>(inputs, groups, panel, sums),
                _ => tile::<MOST_ROWS>(inputs, groups, panel, sums),
            }
            inputs = inputs.add(count * groups * 8);
            sums = sums.add(count * VECTORS);
        }
        rows -= count;
    }
}

/// The same for `ROWS` rows.
#[inline(always)]
unsafe fn tile<const ROWS: usize>(
    inputs: *const u8,
    groups: usize,
    panel: *const v128,
    sums: *mut v128,
) {
    // SAFETY: the caller answers for all that is read and written.
    unsafe {
        let first: [v128; VECTORS] = core::array::from_fn(|vector| v128_load(panel.add(vector)));
        let weights = panel.add(VECTORS);
        let mut tile = add(inputs, groups, weights, [first; ROWS]);
        for row in &mut tile {
            *row = row.map(|sums| i32x4_shl(sums, 7));
        }
        let tile = add(inputs.add(groups * 4), groups, weights, tile);
        sums.cast::<Tile<ROWS>>().write_unaligned(tile);
    }
}

/// Adds the products of one half of the rows' bits.
#[inline(always)]
unsafe fn add<const ROWS: usize>(
    inputs: *const u8,
    groups: usize,
    weights: *const v128,
    mut tile: Tile<ROWS>,
) -> Tile<ROWS> {
    for group in 0..groups {
        // SAFETY: the caller answers for all that is read.
        unsafe {
            let weights: [v128; VECTORS] =
                core::array::from_fn(|vector| v128_load(weights.add(group * VECTORS + vector)));
            for (row, sums) in tile.iter_mut().enumerate() {
                let inputs = v128_load32_splat(inputs.add((row * groups * 2 + group) * 4).cast());
                for (sum, weights) in sums.iter_mut().zip(weights) {
                    *sum = i32x4_relaxed_dot_i8x16_i7x16_add(weights, inputs, *sum);
                }
            }
        }
    }
    tile
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    unreachable()
}
