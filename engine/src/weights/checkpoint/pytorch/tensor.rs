//! Converts a pickled tensor to an entry of the checkpoint's table.

use super::pickle::PickledTensor;
use crate::weights::checkpoint::tensors::{Place, StoredTensor, StoredType};

/// Largest pickle in bytes. That of a large checkpoint with its optimizer is below one MB.
pub(super) const MAX_PICKLE: u64 = 16 << 20;

/// The type of a storage of this class, and the bytes of a value.
pub(super) fn stored_type(class: &str) -> (StoredType, u64) {
    match class {
        "FloatStorage" => (StoredType::F32, 4),
        "HalfStorage" => (StoredType::F16, 2),
        "BFloat16Storage" => (StoredType::Bf16, 2),
        "DoubleStorage" => (StoredType::F64, 8),
        other => (StoredType::Other(other.to_owned()), 1),
    }
}

/// The tensor whose first value is at `place`; `None` if its shape makes no sense.
pub(super) fn placed(file: &str, place: Place, tensor: PickledTensor) -> Option<StoredTensor> {
    let (stored_type, _) = stored_type(&tensor.storage_type);
    let PickledTensor { shape, strides, .. } = tensor;
    if shape.len() != strides.len() {
        return None;
    }
    let mut step = 1usize;
    let mut in_order = true;
    for (side, stride) in shape.iter().zip(&strides).rev() {
        in_order &= *side == 1 || *stride == step;
        step = step.checked_mul(*side)?;
    }
    Some(StoredTensor {
        file: file.to_owned(),
        place,
        stored_type,
        shape,
        strides: (!in_order).then_some(strides),
    })
}
