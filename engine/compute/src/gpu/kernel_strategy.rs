//! How kernels divide work among workgroups. Graphics hardware and software adapters need different ways.

use serde::{Deserialize, Serialize};

use super::device::Offer;
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
    /// As [`KernelStrategy::Shared`], with products in f16 and sums in f32. It rounds activations to eleven
    /// bits; cosines to f32 stay above 0.9999.
    SharedF16,
    /// As [`KernelStrategy::Shared`], with int8 weights multiplied in whole numbers, four at a time. It
    /// rounds sixteen inputs at a time to steps of a 127th of their largest; cosines to f32 stay
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

/// What products of staged operands are computed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Precision {
    F32,
    F16,
    Integer,
}

/// Who sums up a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum RowOwner {
    Invocation,
    Workgroup,
}

/// Workgroups with a large tile that keep graphics hardware busy; a product of fewer is cut finer.
const BUSY_WORKGROUPS: u64 = 64;

impl KernelStrategy {
    pub(super) const ALL: [Self; 4] = [
        Self::Register,
        Self::Shared,
        Self::SharedF16,
        Self::SharedInteger,
    ];

    /// Whether an adapter that offers so much runs it.
    pub(super) fn runs_with(self, offer: &Offer) -> bool {
        match self {
            Self::Register | Self::Shared => true,
            Self::SharedF16 => offer.half_precision,
            Self::SharedInteger => offer.packed_products,
        }
    }

    /// The tile for a product of so many rows and outputs. Every tile sums in the same order.
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

    pub(super) fn row_owner(self) -> RowOwner {
        match self {
            Self::Register => RowOwner::Invocation,
            Self::Shared | Self::SharedF16 | Self::SharedInteger => RowOwner::Workgroup,
        }
    }
}

impl ProductTile {
    /// Invocations of a workgroup, along columns and along rows.
    pub(super) const fn group(self) -> (u32, u32) {
        match self {
            Self::Register => (4, 1),
            Self::Small(_) => (8, 8),
            Self::Large(_) => (16, 8),
        }
    }

    /// Outputs of a workgroup, along columns and along rows. The tile of an invocation stands in
    /// the kernel.
    pub(super) const fn outputs(self) -> (u32, u32) {
        let (columns, rows) = self.group();
        match self {
            Self::Register => (columns * 12, rows * 10),
            Self::Small(_) => (columns * 4, rows * 4),
            Self::Large(_) => (columns * 8, rows * 8),
        }
    }

    /// The kernel behind its operands and what finishes its sums.
    pub(super) fn pieces(self) -> Vec<&'static str> {
        let (precision, own) = match self {
            Self::Register => return vec![include_str!("kernels/product_register.wgsl")],
            Self::Small(precision) => (precision, include_str!("kernels/product_small.wgsl")),
            Self::Large(precision) => (precision, include_str!("kernels/product_large.wgsl")),
        };
        let mut pieces = precision.pieces();
        pieces.extend([include_str!("kernels/product_staging.wgsl"), own]);
        pieces
    }

    /// What its WGSL has to ask for.
    pub(super) fn directive(self) -> &'static str {
        match self {
            Self::Small(Precision::F16) | Self::Large(Precision::F16) => "enable f16;\n",
            _ => "",
        }
    }
}

impl Precision {
    fn pieces(self) -> Vec<&'static str> {
        let quads = include_str!("kernels/unit_quad.wgsl");
        match self {
            Self::F32 => vec![include_str!("kernels/precision_f32.wgsl"), quads],
            Self::F16 => vec![include_str!("kernels/precision_f16.wgsl"), quads],
            Self::Integer => vec![include_str!("kernels/unit_integer.wgsl")],
        }
    }
}

impl RowOwner {
    /// Rows of a workgroup.
    pub(super) fn rows(self) -> u64 {
        match self {
            // `LANES` in the piece.
            Self::Invocation => 4,
            Self::Workgroup => 1,
        }
    }

    pub(super) fn source(self) -> &'static str {
        match self {
            Self::Invocation => include_str!("kernels/row_in_invocation.wgsl"),
            Self::Workgroup => include_str!("kernels/row_in_workgroup.wgsl"),
        }
    }
}
