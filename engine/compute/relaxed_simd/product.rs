//! A separate WebAssembly module. `build.rs` compiles it, and the engine embeds it as data.
//!
//! A browser without relaxed SIMD refuses any module that contains its instructions, so the engine
//! cannot contain them. This module works on the engine's memory, and has no data and no stack.

#![no_std]

use core::arch::wasm32::*;
use core::panic::PanicInfo;

/// Output features of a panel, in vectors of four.
const VECTORS: usize = 2;
/// Most rows of a tile. Their sums, two weights and one input take fifteen registers, which is what
/// browsers leave of x86's sixteen.
const MOST_ROWS: usize = 6;

/// Bytes of a group: the upper bits of four inputs, or the lower ones.
const GROUP_BYTES: usize = 4;
/// Groups in half a block.
const GROUPS: usize = 4;
/// Bytes of a block of inputs.
const BLOCK_BYTES: usize = 2 * GROUPS * GROUP_BYTES;

type Tile<const ROWS: usize> = [[v128; VECTORS]; ROWS];

/// One instruction's sum of four products. The bytes of `weights` are signed. Bytes of `inputs`
/// above 127 are read as signed on some processors and as unsigned on others.
#[unsafe(no_mangle)]
extern "C" fn dot(weights: i32, inputs: i32) -> i32 {
    let sums = i32x4_relaxed_dot_i8x16_i7x16_add(
        i32x4_splat(weights),
        i32x4_splat(inputs),
        i32x4_splat(0),
    );
    i32x4_extract_lane::<0>(sums)
}

/// Multiplies `rows` rows of inputs with a panel of weights, and adds the products to `sums`.
///
/// A block of inputs is the upper seven bits of sixteen, then their lower seven. A row has `blocks`
/// blocks and starts `stride` blocks after the one before. A panel has four groups for each block;
/// a group is the weights of four inputs for each output feature.
///
/// # Safety
///
/// `inputs` must be valid for reads of `((rows − 1) × stride + blocks) × 32` bytes below 128,
/// `panel` for reads of `blocks × 128` bytes, and `sums` for reads and writes of `rows × 2`
/// vectors. None needs to be aligned.
#[unsafe(no_mangle)]
unsafe extern "C" fn product(
    mut inputs: *const u8,
    stride: usize,
    mut rows: usize,
    blocks: usize,
    panel: *const v128,
    mut sums: *mut v128,
) {
    while rows > 0 {
        // Two tiles of four are faster than one of six and one of two.
        let count = match rows {
            0..=MOST_ROWS => rows,
            _ if rows < 2 * MOST_ROWS => rows.div_ceil(2),
            _ => MOST_ROWS,
        };
        // SAFETY: the first `count` of the rows that the caller guarantees.
        unsafe {
            match count {
                1 => tile::<1>(inputs, stride, blocks, panel, sums),
                2 => tile::<2>(inputs, stride, blocks, panel, sums),
                3 => tile::<3>(inputs, stride, blocks, panel, sums),
                4 => tile::<4>(inputs, stride, blocks, panel, sums),
                5 => tile::<5>(inputs, stride, blocks, panel, sums),
                _ => tile::<MOST_ROWS>(inputs, stride, blocks, panel, sums),
            }
            inputs = inputs.add(count * stride * BLOCK_BYTES);
            sums = sums.add(count * VECTORS);
        }
        rows -= count;
    }
}

/// [`product`] for `ROWS` rows.
#[inline(always)]
unsafe fn tile<const ROWS: usize>(
    inputs: *const u8,
    stride: usize,
    blocks: usize,
    panel: *const v128,
    sums: *mut v128,
) {
    // SAFETY: the caller guarantees all reads and writes.
    unsafe {
        let mut tile = [[i32x4_splat(0); VECTORS]; ROWS];
        tile = add(inputs, stride, blocks, panel, tile);
        for row in &mut tile {
            *row = row.map(|sums| i32x4_shl(sums, 7));
        }
        tile = add(inputs.add(BLOCK_BYTES / 2), stride, blocks, panel, tile);
        for (index, sum) in tile.as_flattened().iter().enumerate() {
            let to = sums.add(index);
            v128_store(to, i32x4_add(v128_load(to), *sum));
        }
    }
}

/// Adds the products of one half of the inputs' bits.
///
/// An iteration handles one group. With four at once, LLVM would finish one row before the next,
/// and each sum would wait for its previous addition. The offset is computed once for all rows.
#[inline(always)]
unsafe fn add<const ROWS: usize>(
    inputs: *const u8,
    stride: usize,
    blocks: usize,
    panel: *const v128,
    mut tile: Tile<ROWS>,
) -> Tile<ROWS> {
    for group in 0..blocks * GROUPS {
        // The other half of each block before this one is skipped.
        let groups_before = group + group / GROUPS * GROUPS;
        // SAFETY: the caller guarantees all reads.
        unsafe {
            let weights: [v128; VECTORS] =
                core::array::from_fn(|vector| v128_load(panel.add(group * VECTORS + vector)));
            let inputs = inputs.add(groups_before * GROUP_BYTES);
            for (row, sums) in tile.iter_mut().enumerate() {
                let inputs = v128_load32_splat(inputs.add(row * stride * BLOCK_BYTES).cast());
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
