//! Intel's tile registers (AMX): an instruction computes 16 × 16 sums of 64 byte products each.
//!
//! Inputs have more bits than a byte, so each step (quantised input) is split into a high and a low
//! part. Both are multiplied with the same weights, and their sums are joined at the end. This is
//! as exact as other instructions. It halves the speed, which is still four times theirs.

#![allow(unsafe_code)]

use std::arch::asm;
use std::arch::x86_64::{
    __cpuid_count, _mm512_add_epi32, _mm512_loadu_si512, _mm512_slli_epi32, _mm512_storeu_si512,
};

use super::integer_product::IntegerProduct;

/// Rows of a tile, and sums in a row.
const SIDE: usize = 16;
/// Bytes in a row of a tile.
const BYTES: usize = 64;
/// Bytes of a panel that are multiplied at once: two tiles.
const GROUP: usize = 2 * SIDE * BYTES;
/// Bits of the low part of a step.
const LOW_BITS: u32 = 7;

/// Products in tile registers. A panel is two tiles side by side.
pub struct Amx;

impl Amx {
    /// Whether the processor has AMX for bytes, and Linux lets this process use it.
    pub fn available() -> bool {
        const TILES: u32 = 1 << 24;
        const BYTES: u32 = 1 << 25;
        const FEATURES: u32 = 7;
        let most = __cpuid_count(0, 0).eax;
        most >= FEATURES
            && __cpuid_count(FEATURES, 0).edx & (TILES | BYTES) == TILES | BYTES
            && permitted()
    }
}

/// Asks Linux to save the state of the tiles, which it does only for processes that ask.
fn permitted() -> bool {
    const ARCH_PRCTL: i64 = 158;
    const ARCH_REQ_XCOMP_PERM: i64 = 0x1023;
    const XFEATURE_XTILEDATA: i64 = 18;
    let mut result = ARCH_PRCTL;
    // SAFETY: the system call takes two numbers and touches no memory; `syscall` itself writes the
    // registers named. A kernel that does not know it answers with an error.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") result,
            in("rdi") ARCH_REQ_XCOMP_PERM,
            in("rsi") XFEATURE_XTILEDATA,
            out("rcx") _,
            out("r11") _,
            options(nostack, nomem),
        );
    }
    result == 0
}

/// The shapes of the eight tiles, as `ldtilecfg` reads them.
#[repr(C, align(64))]
struct Shapes {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

impl Shapes {
    /// Four tiles of sums and two of inputs, with `rows` rows, and two of weights.
    fn new(rows: usize) -> Self {
        let mut shapes = Self {
            palette: 1,
            start_row: 0,
            reserved: [0; 14],
            row_bytes: [0; 16],
            rows: [0; 16],
        };
        shapes.row_bytes[..8].fill(BYTES as u16);
        shapes.rows[..6].fill(rows as u8);
        shapes.rows[6..8].fill(SIDE as u8);
        shapes
    }
}

/// Sums of high and low parts, each for two tiles of weights.
#[repr(C, align(64))]
struct Sums([[[[i32; SIDE]; SIDE]; 2]; 2]);

impl IntegerProduct<{ 2 * SIDE }> for Amx {
    /// The high parts and the low parts of steps.
    type Inputs = [[i8; BYTES]; 2];
    const COLUMNS: usize = BYTES;

    #[inline(always)]
    fn inputs(steps: &[i16]) -> Self::Inputs {
        let mut inputs = [[0; BYTES]; 2];
        let [high, low] = &mut inputs;
        for ((high, low), step) in high.iter_mut().zip(low).zip(steps) {
            *high = (step >> LOW_BITS) as i8;
            *low = (step & ((1 << LOW_BITS) - 1)) as i8;
        }
        inputs
    }

    #[inline(always)]
    fn multiply<const ROWS: usize>(
        inputs: &[Self::Inputs],
        stride: usize,
        panel: &[i8],
        sums: &mut [[i32; 2 * SIDE]],
    ) {
        let groups = panel.len() / GROUP;
        let (whole, rest) = sums.as_chunks_mut::<SIDE>();
        let count = whole.len();
        let mut tiles = Sums([[[[0; SIDE]; SIDE]; 2]; 2]);
        let mut inputs = inputs.chunks(SIDE * stride);
        configure(SIDE);
        // The next weights follow these; each tile prefetches a quarter of them.
        let next = panel.as_ptr_range().end;
        let ahead = |index: usize| next.wrapping_add(index % 4 * GROUP / 4);
        for (index, (sums, inputs)) in whole.iter_mut().zip(&mut inputs).enumerate() {
            // SAFETY: the tiles are configured for that many rows.
            unsafe {
                tile(
                    inputs,
                    stride,
                    panel,
                    groups,
                    SIDE,
                    ahead(index),
                    &mut tiles,
                )
            };
            tiles.add_to(sums);
        }
        if let Some(inputs) = inputs.next().filter(|_| !rest.is_empty()) {
            configure(rest.len());
            // SAFETY: as above.
            unsafe {
                tile(
                    inputs,
                    stride,
                    panel,
                    groups,
                    rest.len(),
                    ahead(count),
                    &mut tiles,
                )
            };
            tiles.add_to(rest);
        }
        release();
    }
}

impl Sums {
    /// Joins high and low parts, and adds them to `sums`.
    #[inline(always)]
    fn add_to(&self, sums: &mut [[i32; 2 * SIDE]]) {
        let [high, low] = &self.0;
        for (row, sums) in sums.iter_mut().enumerate().take(SIDE) {
            for (half, sums) in sums.as_chunks_mut::<SIDE>().0.iter_mut().enumerate() {
                // Intrinsics, because LLVM would go down the columns and gather them.
                // SAFETY: `InstructionSet` runs this only if there is AVX-512; each pointer is to
                // sixteen numbers.
                unsafe {
                    let [high, low, sum] = [&high[half][row], &low[half][row], &*sums]
                        .map(|values| _mm512_loadu_si512(values.as_ptr().cast()));
                    // High parts alone may overflow 32 bits when the whole does not.
                    let part = _mm512_add_epi32(_mm512_slli_epi32::<LOW_BITS>(high), low);
                    let sum = _mm512_add_epi32(sum, part);
                    _mm512_storeu_si512(sums.as_mut_ptr().cast(), sum);
                }
            }
        }
    }
}

/// Configures the tiles of inputs and sums for `rows` rows.
#[inline(always)]
fn configure(rows: usize) {
    let shapes = Shapes::new(rows);
    // SAFETY: `InstructionSet` runs this only if `Amx::available`; 64 bytes of shapes are read.
    unsafe {
        asm!("ldtilecfg [{}]", in(reg) &raw const shapes, options(nostack, readonly));
    }
}

/// Releases the tiles, so that Linux need not save their contents.
#[inline(always)]
fn release() {
    // SAFETY: `InstructionSet` runs this only if `Amx::available`.
    unsafe {
        asm!("tilerelease", options(nostack, nomem));
    }
}

/// Products of up to sixteen rows of inputs with `groups` times 64 columns of a panel.
///
/// # Safety
///
/// The tiles must be configured for `rows` rows.
#[inline(always)]
unsafe fn tile(
    inputs: &[<Amx as IntegerProduct<32>>::Inputs],
    stride: usize,
    panel: &[i8],
    groups: usize,
    rows: usize,
    ahead: *const i8,
    sums: &mut Sums,
) {
    assert!(groups > 0 && (1..=SIDE).contains(&rows));
    assert!(inputs.len() >= (rows - 1) * stride + groups);
    assert!(panel.len() >= groups * GROUP);
    // SAFETY: `InstructionSet` runs this only if `Amx::available`. By the assertions, all reads lie
    // inside `inputs` (per group, two parts of `rows` rows of 64 bytes) and `panel` (per group, two
    // times sixteen rows of 64 bytes). `sums` has four tiles of the largest shape. A prefetch reads
    // nothing, whatever its address.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tilezero tmm1",
            "tilezero tmm2",
            "tilezero tmm3",
            "2:",
            "tileloadd tmm6, [{weights} + {weight_row} * 1]",
            "prefetcht1 [{ahead}]",
            "prefetcht1 [{ahead} + 64]",
            "tileloadd tmm4, [{inputs} + {input_row} * 1]",
            "tdpbssd tmm0, tmm4, tmm6",
            "prefetcht1 [{ahead} + 128]",
            "prefetcht1 [{ahead} + 192]",
            "tileloadd tmm5, [{inputs} + {input_row} * 1 + 64]",
            "tdpbssd tmm2, tmm5, tmm6",
            "prefetcht1 [{ahead} + 256]",
            "prefetcht1 [{ahead} + 320]",
            "tileloadd tmm7, [{weights} + {weight_row} * 1 + 64]",
            "tdpbssd tmm1, tmm4, tmm7",
            "prefetcht1 [{ahead} + 384]",
            "prefetcht1 [{ahead} + 448]",
            "tdpbssd tmm3, tmm5, tmm7",
            "add {ahead}, 2048",
            "add {inputs}, 128",
            "add {weights}, 2048",
            "dec {groups}",
            "jnz 2b",
            "tilestored [{sums} + {sum_row} * 1], tmm0",
            "tilestored [{sums} + {sum_row} * 1 + 1024], tmm1",
            "tilestored [{sums} + {sum_row} * 1 + 2048], tmm2",
            "tilestored [{sums} + {sum_row} * 1 + 3072], tmm3",
            inputs = inout(reg) inputs.as_ptr() => _,
            input_row = in(reg) stride * size_of::<<Amx as IntegerProduct<32>>::Inputs>(),
            weights = inout(reg) panel.as_ptr() => _,
            ahead = inout(reg) ahead => _,
            weight_row = in(reg) 2 * BYTES,
            groups = inout(reg) groups => _,
            sums = in(reg) &raw mut *sums,
            sum_row = in(reg) BYTES,
            out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
            out("tmm4") _, out("tmm5") _, out("tmm6") _, out("tmm7") _,
            options(nostack),
        );
    }
}
