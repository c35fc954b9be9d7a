//! Compiles each kernel for several instruction sets, and chooses one at run time.
//!
//! ```text
//! dot               integer dot products of plain Rust, simd128 and x86
//! neon, amx,        those of ARM, of Intel's tiles, and of relaxed SIMD in a browser
//! relaxed_simd
//! integer_product   a matrix product of whole numbers over any of them
//! tiles             covers rows and columns with tiles that fit the registers
//! ```

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod amx;
mod dot;
pub mod integer_product;
#[cfg(target_arch = "aarch64")]
pub mod neon;
#[cfg(target_arch = "wasm32")]
mod relaxed_simd;
pub mod tiles;

#[cfg(target_arch = "aarch64")]
use std::arch::is_aarch64_feature_detected;

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
use self::amx::Amx;
#[cfg(not(any(
    target_arch = "aarch64",
    all(target_arch = "wasm32", target_feature = "simd128")
)))]
use self::dot::Plain as BaselineDot;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use self::dot::Simd128 as BaselineDot;
#[cfg(target_arch = "x86_64")]
use self::dot::{Avx2, Avx512, Avx512Vnni};
use self::integer_product::IntegerProduct;
#[cfg(target_arch = "aarch64")]
use self::neon::{DotProduct, MatrixProduct, Neon};
#[cfg(target_arch = "wasm32")]
use self::relaxed_simd::RelaxedSimd;
use super::matrix::Layout;

/// A kernel: the same plain loops under every instruction set. Implementations mark `run`
/// `#[inline(always)]`, so that it is compiled inside the function that enables the instructions.
pub trait Kernel {
    /// Runs the kernel.
    ///
    /// `FUSED` says that a fused multiply-add is one instruction, `ROWS × LANES` is the tile of
    /// sums that fits the registers, `D` computes integer products.
    fn run<const FUSED: bool, const ROWS: usize, const LANES: usize, D: IntegerProduct<LANES>>(
        self,
    );
}

/// An instruction set that kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionSet {
    /// Integer tiles, and 32 registers of 16 values.
    #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
    Amx,
    /// 32 registers of 16 values, and integer products with their sums in one instruction.
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
    /// 32 registers of 16 values.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 16 registers of 8 values.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// NEON with matrix products of bytes (`FEAT_I8MM`).
    #[cfg(target_arch = "aarch64")]
    NeonMatrix,
    /// NEON with dot products of four bytes (`FEAT_DotProd`).
    #[cfg(target_arch = "aarch64")]
    NeonDot,
    /// As the baseline, with integer products in a separate module.
    #[cfg(target_arch = "wasm32")]
    RelaxedSimd,
    /// What the build enables for the whole program: NEON on aarch64, simd128 in the browser if the
    /// build asks for it, SSE2 on x86-64, scalars elsewhere.
    Baseline,
}

const BASELINE_LANES: usize = 8;
/// Six rows would fit sixteen registers too, but LLVM puts the loads of a column before its
/// products, so browsers spill.
#[cfg(target_arch = "wasm32")]
const WASM_ROWS: usize = 4;
/// Sixteen of 32 registers hold sums; the others are enough for two weights and eight inputs.
#[cfg(target_arch = "aarch64")]
const NEON_ROWS: usize = 8;

impl InstructionSet {
    /// The best set that this processor has.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("fma") {
                #[cfg(target_os = "linux")]
                if Amx::available() {
                    return Self::Amx;
                }
                return match is_x86_feature_detected!("avx512vnni") {
                    true => Self::Avx512Vnni,
                    false => Self::Avx512,
                };
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self::Avx2;
            }
        }
        #[cfg(target_arch = "aarch64")]
        {
            if is_aarch64_feature_detected!("i8mm") {
                return Self::NeonMatrix;
            }
            if is_aarch64_feature_detected!("dotprod") {
                return Self::NeonDot;
            }
        }
        #[cfg(target_arch = "wasm32")]
        if relaxed_simd::is_quickest() {
            return Self::RelaxedSimd;
        }
        Self::Baseline
    }

    /// The layout of weights for these instructions.
    pub fn layout(self) -> Layout {
        #[cfg(not(target_arch = "aarch64"))]
        let pairs = |lanes| Layout {
            lanes,
            group: 2,
            multiple: 2,
            offset: <BaselineDot as IntegerProduct<BASELINE_LANES>>::OFFSET,
        };
        match self {
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            Self::Amx => Layout {
                lanes: 32,
                group: 4,
                multiple: <Amx as IntegerProduct<32>>::COLUMNS,
                offset: <Amx as IntegerProduct<32>>::OFFSET,
            },
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni | Self::Avx512 => pairs(32),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => pairs(16),
            #[cfg(target_arch = "wasm32")]
            Self::RelaxedSimd => Layout {
                lanes: BASELINE_LANES,
                group: relaxed_simd::GROUP,
                multiple: RelaxedSimd::COLUMNS,
                offset: RelaxedSimd::OFFSET,
            },
            #[cfg(target_arch = "aarch64")]
            Self::NeonMatrix => groups::<MatrixProduct>(MatrixProduct::GROUP),
            #[cfg(target_arch = "aarch64")]
            Self::NeonDot => groups::<DotProduct>(DotProduct::GROUP),
            #[cfg(target_arch = "aarch64")]
            Self::Baseline => groups::<Neon>(Neon::GROUP),
            #[cfg(not(target_arch = "aarch64"))]
            Self::Baseline => pairs(BASELINE_LANES),
        }
    }

    /// Runs a kernel with these instructions.
    #[allow(unsafe_code)]
    pub fn run<K: Kernel>(self, kernel: K) {
        match self {
            // SAFETY: `detect` returns this set only if the processor has its features.
            #[cfg(all(target_arch = "x86_64", target_os = "linux"))]
            Self::Amx => unsafe { amx(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => unsafe { avx512_vnni(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { avx512(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { avx2(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "aarch64")]
            Self::NeonMatrix => unsafe { neon_matrix(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "aarch64")]
            Self::NeonDot => unsafe { neon_dot(kernel) },
            #[cfg(target_arch = "aarch64")]
            Self::Baseline => kernel.run::<true, NEON_ROWS, BASELINE_LANES, Neon>(),
            #[cfg(target_arch = "wasm32")]
            Self::RelaxedSimd => kernel.run::<false, WASM_ROWS, BASELINE_LANES, RelaxedSimd>(),
            #[cfg(target_arch = "wasm32")]
            Self::Baseline => kernel.run::<false, WASM_ROWS, BASELINE_LANES, BaselineDot>(),
            #[cfg(not(any(target_arch = "aarch64", target_arch = "wasm32")))]
            Self::Baseline => kernel.run::<false, 6, BASELINE_LANES, BaselineDot>(),
        }
    }

    /// Every set that this processor has.
    #[cfg(test)]
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut)]
        let mut sets = vec![Self::Baseline];
        #[cfg(target_arch = "wasm32")]
        match relaxed_simd::is_accepted() {
            true => sets.push(Self::RelaxedSimd),
            false => wasm_bindgen_test::console_log!("SKIPPED relaxed SIMD: this browser has none"),
        }
        #[cfg(target_arch = "aarch64")]
        {
            sets.extend(is_aarch64_feature_detected!("dotprod").then_some(Self::NeonDot));
            sets.extend(is_aarch64_feature_detected!("i8mm").then_some(Self::NeonMatrix));
        }
        #[cfg(target_arch = "x86_64")]
        {
            let best = Self::detect();
            let ascending = [Self::Avx2, Self::Avx512, Self::Avx512Vnni];
            #[cfg(target_os = "linux")]
            let ascending = ascending.into_iter().chain([Self::Amx]);
            for set in ascending {
                if best == Self::Baseline {
                    break;
                }
                sets.push(set);
                if best == set {
                    break;
                }
            }
        }
        sets
    }
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[target_feature(enable = "avx512f,avx512bw,fma")]
fn amx<K: Kernel>(kernel: K) {
    kernel.run::<true, 8, 32, Amx>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni,fma")]
fn avx512_vnni<K: Kernel>(kernel: K) {
    kernel.run::<true, 8, 32, Avx512Vnni>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,fma")]
fn avx512<K: Kernel>(kernel: K) {
    kernel.run::<true, 8, 32, Avx512>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<K: Kernel>(kernel: K) {
    kernel.run::<true, 6, 16, Avx2>();
}

/// The layout of weights for NEON's kernels.
#[cfg(target_arch = "aarch64")]
fn groups<D: IntegerProduct<BASELINE_LANES>>(group: usize) -> Layout {
    Layout {
        lanes: BASELINE_LANES,
        group,
        multiple: D::COLUMNS,
        offset: D::OFFSET,
    }
}

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "i8mm")]
fn neon_matrix<K: Kernel>(kernel: K) {
    kernel.run::<true, NEON_ROWS, BASELINE_LANES, MatrixProduct>();
}

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "dotprod")]
fn neon_dot<K: Kernel>(kernel: K) {
    kernel.run::<true, NEON_ROWS, BASELINE_LANES, DotProduct>();
}

/// `a × b + c`, rounded once if `FUSED`. Without the instruction, a fused multiply-add would be a
/// call for each value.
#[inline(always)]
pub fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}
