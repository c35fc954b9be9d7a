//! How kernels divide work: graphics hardware and software adapters need different strategies.

use serde::{Deserialize, Serialize};

use super::device::OptionalFeatures;
use super::weight_kind::WeightKind;

/// How kernels divide their work among workgroups, and what arithmetic they use.
///
/// [`Gpu::new`](super::Gpu::new) chooses by the kind of adapter,
/// [`Gpu::candidates`](super::Gpu::candidates) lists those worth a benchmark, and
/// [`Gpu::strategies`](super::Gpu::strategies) all that an adapter can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KernelStrategy {
    /// Each invocation works alone, on a large tile in registers, without barriers. For software
    /// adapters.
    Register,
    /// Operands are staged in workgroup memory. For graphics hardware.
    Shared,
    /// As [`KernelStrategy::Shared`], with products in f16 and sums in f32. Activations are rounded
    /// to eleven bits; cosines to f32 stay above 0.9999.
    SharedF16,
    /// As [`KernelStrategy::Shared`], with int8 weights multiplied by int8 inputs, four at a time.
    /// Each sixteen inputs are rounded to steps of a 127th of their largest; cosines to f32 stay
    /// above 0.999.
    SharedInteger,
}

/// The tile of one matrix product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum ProductTile {
    Register,
    Small(Precision),
    Large(Precision),
}

/// The arithmetic of products with staged operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Precision {
    F32,
    F16,
    Integer,
}

/// What computes one row of a normalisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum RowParallelism {
    Invocation,
    Workgroup,
}

/// Fewest workgroups that keep graphics hardware busy. With fewer large tiles, small ones are used.
const BUSY_WORKGROUPS: u64 = 64;

impl KernelStrategy {
    pub(super) const ALL: [Self; 4] = [
        Self::Register,
        Self::Shared,
        Self::SharedF16,
        Self::SharedInteger,
    ];

    /// Whether an adapter with this offer can run it.
    pub(super) fn runs_with(self, offer: &OptionalFeatures) -> bool {
        match self {
            Self::Register | Self::Shared => true,
            Self::SharedF16 => offer.half_precision,
            Self::SharedInteger => offer.packed_products,
        }
    }

    /// The tile for a product of `rows × outputs`. Small and large tiles sum in the same order.
    pub(super) fn product(self, rows: usize, outputs: usize, weights: WeightKind) -> ProductTile {
        let precision = match (self, weights) {
            (Self::Register, _) => return ProductTile::Register,
            (Self::SharedF16, _) => Precision::F16,
            (Self::SharedInteger, WeightKind::Int8) => Precision::Integer,
            (Self::Shared | Self::SharedInteger, _) => Precision::F32,
        };
        let large = ProductTile::Large(precision);
        let (tile_columns, tile_rows) = large.outputs();
        let down = (rows as u64).div_ceil(u64::from(tile_rows));
        let across = (outputs as u64).div_ceil(u64::from(tile_columns));
        if down * across < BUSY_WORKGROUPS {
            ProductTile::Small(precision)
        } else {
            large
        }
    }

    pub(super) fn row_parallelism(self) -> RowParallelism {
        match self {
            Self::Register => RowParallelism::Invocation,
            Self::Shared | Self::SharedF16 | Self::SharedInteger => RowParallelism::Workgroup,
        }
    }
}

impl ProductTile {
    /// Invocations per workgroup, along columns and along rows.
    pub(super) const fn group(self) -> (u32, u32) {
        match self {
            Self::Register => (4, 1),
            Self::Small(_) => (8, 8),
            Self::Large(_) => (16, 8),
        }
    }

    /// Outputs per workgroup, along columns and along rows. The factors are the tile of an
    /// invocation, as in the kernel.
    pub(super) const fn outputs(self) -> (u32, u32) {
        let (columns, rows) = self.group();
        match self {
            Self::Register => (columns * 12, rows * 10),
            Self::Small(_) => (columns * 4, rows * 4),
            Self::Large(_) => (columns * 8, rows * 8),
        }
    }

    /// The end of the kernel's WGSL, after the pieces that read operands and finish sums.
    pub(super) fn pieces(self) -> Vec<&'static str> {
        let (precision, own) = match self {
            Self::Register => return vec![wgsl!("product_register")],
            Self::Small(precision) => (precision, wgsl!("product_small")),
            Self::Large(precision) => (precision, wgsl!("product_large")),
        };
        let mut pieces = precision.pieces();
        pieces.extend([wgsl!("product_staging"), own]);
        pieces
    }

    /// The `enable` directive that its WGSL needs.
    pub(super) fn directive(self) -> &'static str {
        match self {
            Self::Small(Precision::F16) | Self::Large(Precision::F16) => "enable f16;\n",
            _ => "",
        }
    }
}

impl Precision {
    fn pieces(self) -> Vec<&'static str> {
        let quads = wgsl!("unit_quad");
        match self {
            Self::F32 => vec![wgsl!("precision_f32"), quads],
            Self::F16 => vec![wgsl!("precision_f16"), quads],
            Self::Integer => vec![wgsl!("unit_integer")],
        }
    }
}

impl RowParallelism {
    /// Rows per workgroup.
    pub(super) fn rows(self) -> u64 {
        match self {
            // `LANES` in `row_in_invocation.wgsl`.
            Self::Invocation => 4,
            Self::Workgroup => 1,
        }
    }

    pub(super) fn source(self) -> &'static str {
        match self {
            Self::Invocation => wgsl!("row_in_invocation"),
            Self::Workgroup => wgsl!("row_in_workgroup"),
        }
    }
}
