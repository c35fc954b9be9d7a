//! The stored types of a matrix, and how a kernel reads each.

/// The stored type of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum WeightKind {
    Int8,
    F16,
    F32,
}

impl WeightKind {
    /// The WGSL that reads a weight.
    pub(super) fn piece(self) -> &'static str {
        match self {
            Self::Int8 => include_str!("kernels/weight_int8.wgsl"),
            Self::F16 => include_str!("kernels/weight_f16.wgsl"),
            Self::F32 => include_str!("kernels/weight_f32.wgsl"),
        }
    }
}
