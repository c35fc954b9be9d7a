//! The stored types of a matrix, and how a kernel reads each.

/// The stored type of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum WeightKind {
    Int8,
    F16,
    F32,
}

impl WeightKind {
    /// The WGSL that reads weights of this type.
    pub(super) fn piece(self) -> &'static str {
        match self {
            Self::Int8 => wgsl!("weight_int8"),
            Self::F16 => wgsl!("weight_f16"),
            Self::F32 => wgsl!("weight_f32"),
        }
    }
}
