//! One source of every kernel, compiled for each instruction set and chosen at run time.

use super::dot::Dot;
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
use super::dot::Plain as BaselineDot;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
use super::dot::Simd128 as BaselineDot;
#[cfg(target_arch = "x86_64")]
use super::dot::{Avx2, Avx512, Avx512Vnni};
use super::matrix::Whole;

/// A kernel: the same plain loops under every instruction set. Implementations mark `run`
/// `#[inline(always)]`, so that it is compiled inside the function that enables the instructions.
pub trait Kernel {
    /// Runs the kernel.
    ///
    /// `FUSED` says that a fused multiply-add is one instruction, `ROWS × LANES` is the tile of
    /// sums that fits the registers, `D` is for products of whole numbers.
    fn run<const FUSED: bool, const ROWS: usize, const LANES: usize, D: Dot<LANES>>(self);
}

/// What the processor can do, as far as the kernels care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionSet {
    /// 32 registers of 16 values, and products of whole numbers with their sums at once.
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni,
    /// 32 registers of 16 values.
    #[cfg(target_arch = "x86_64")]
    Avx512,
    /// 16 registers of 8 values.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// As the baseline, with products of whole numbers in a module of their own.
    #[cfg(target_arch = "wasm32")]
    RelaxedSimd,
    /// What the build enables for the whole program: NEON on aarch64, simd128 in the browser where
    /// the build asks for it, SSE2 on x86-64, scalars elsewhere.
    Baseline,
}

#[cfg(target_arch = "aarch64")]
const BASELINE_LANES: usize = 16;
#[cfg(not(target_arch = "aarch64"))]
const BASELINE_LANES: usize = 8;

impl InstructionSet {
    /// The best set that this processor has.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("fma") {
                return match is_x86_feature_detected!("avx512vnni") {
                    true => Self::Avx512Vnni,
                    false => Self::Avx512,
                };
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                return Self::Avx2;
            }
        }
        #[cfg(target_arch = "wasm32")]
        if super::relaxed_simd::is_quickest() {
            return Self::RelaxedSimd;
        }
        Self::Baseline
    }

    /// Columns of the tile of sums, which a weight matrix is laid out for.
    pub fn lanes(self) -> usize {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni | Self::Avx512 => 32,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => 16,
            #[cfg(target_arch = "wasm32")]
            Self::RelaxedSimd => BASELINE_LANES,
            Self::Baseline => BASELINE_LANES,
        }
    }

    /// How the weights of whole numbers are laid out.
    pub fn whole_layout(self) -> Whole {
        match self {
            #[cfg(target_arch = "wasm32")]
            Self::RelaxedSimd => Whole::Halves,
            _ => Whole::Pairs,
        }
    }

    /// Runs a kernel with these instructions.
    #[allow(unsafe_code)]
    pub fn run<K: Kernel>(self, kernel: K) {
        match self {
            // SAFETY: `detect` gives this set only where the processor has its features.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => unsafe { avx512_vnni(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => unsafe { avx512(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => unsafe { avx2(kernel) },
            #[cfg(target_arch = "aarch64")]
            Self::Baseline => kernel.run::<true, 4, BASELINE_LANES, BaselineDot>(),
            // Six rows too would fit sixteen registers, if LLVM did not order the loads of a column
            // before its products, so that browsers spill.
            #[cfg(target_arch = "wasm32")]
            Self::Baseline | Self::RelaxedSimd => {
                kernel.run::<false, 4, BASELINE_LANES, BaselineDot>();
            }
            #[cfg(not(any(target_arch = "aarch64", target_arch = "wasm32")))]
            Self::Baseline => kernel.run::<false, 6, BASELINE_LANES, BaselineDot>(),
        }
    }

    /// Every set that this processor has.
    #[cfg(test)]
    pub fn available() -> Vec<Self> {
        match Self::detect() {
            #[cfg(target_arch = "wasm32")]
            _ if super::relaxed_simd::is_accepted() => vec![Self::Baseline, Self::RelaxedSimd],
            #[cfg(target_arch = "wasm32")]
            _ => {
                wasm_bindgen_test::console_log!("SKIPPED relaxed SIMD: this browser has none");
                vec![Self::Baseline]
            }
            #[cfg(not(target_arch = "wasm32"))]
            Self::Baseline => vec![Self::Baseline],
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => vec![Self::Baseline, Self::Avx2],
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => vec![Self::Baseline, Self::Avx2, Self::Avx512],
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni => vec![Self::Baseline, Self::Avx2, Self::Avx512, Self::Avx512Vnni],
        }
    }
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

/// `a × b + c`, in one rounding where `FUSED`: without the instruction, a fused multiply-add would
/// be a call for each value.
#[inline(always)]
pub fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}
