//! How work is shared out, which differs between hardware and adapters in software.

/// How kernels share out their work. [`Gpu::new`](super::Gpu::new) chooses by the adapter;
/// [`Gpu::tiles`](super::Gpu::tiles) lists what an adapter can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tile {
    /// Every invocation for itself, with large tiles in registers and no barrier: for adapters that
    /// compute on the processor.
    Register,
    /// Operands staged in workgroup memory: for graphics hardware.
    Shared,
    /// As [`Tile::Shared`], with products in f16 and sums in f32. It rounds activations to eleven
    /// bits; cosines to f32 stay above 0.9999.
    SharedF16,
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
}

/// Who sums up a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum RowOwner {
    Invocation,
    Workgroup,
}

/// Workgroups with a large tile that keep graphics hardware busy; a product of fewer is cut finer.
const BUSY_WORKGROUPS: u64 = 64;

impl Tile {
    /// The features of the device it needs.
    pub(super) fn features(self) -> wgpu::Features {
        match self {
            Self::Register | Self::Shared => wgpu::Features::empty(),
            Self::SharedF16 => wgpu::Features::SHADER_F16,
        }
    }

    /// The tile for a product of so many rows and outputs. Every tile sums in the same order.
    pub(super) fn product(self, rows: usize, outputs: usize) -> ProductTile {
        let precision = match self {
            Self::Register => return ProductTile::Register,
            Self::Shared => Precision::F32,
            Self::SharedF16 => Precision::F16,
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
            Self::Shared | Self::SharedF16 => RowOwner::Workgroup,
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

    pub(super) fn source(self) -> &'static str {
        match self {
            Self::Register => include_str!("kernels/product_register.wgsl"),
            Self::Small(_) => include_str!("kernels/product_shared_small.wgsl"),
            Self::Large(_) => include_str!("kernels/product_shared.wgsl"),
        }
    }

    /// What the products are computed in, where the kernel leaves it open.
    pub(super) fn precision(self) -> Option<Precision> {
        match self {
            Self::Register => None,
            Self::Small(precision) | Self::Large(precision) => Some(precision),
        }
    }
}

impl Precision {
    pub(super) fn source(self) -> &'static str {
        match self {
            Self::F32 => include_str!("kernels/precision_f32.wgsl"),
            Self::F16 => include_str!("kernels/precision_f16.wgsl"),
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
