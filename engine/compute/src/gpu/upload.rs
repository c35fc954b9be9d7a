//! Tensors and matrices get their memory and their values.

use std::rc::Rc;

use super::memory::{FirstWrite, Storage};
use super::weight_kind::WeightKind;
use super::{Gpu, GpuMatrix, GpuTensor, float_bytes};
use crate::{ComputeError, MatrixData, MatrixValues};

impl Gpu {
    /// A tensor whose values a recorded command will write.
    pub(super) fn output(&self, shape: &[usize]) -> GpuTensor {
        let storage = self
            .storage(float_bytes(shape), FirstWrite::Recorded)
            .map(Rc::new);
        GpuTensor {
            storage,
            shape: shape.to_vec(),
        }
    }

    pub(super) fn upload_tensor(&self, shape: &[usize], values: &[f32]) -> GpuTensor {
        let storage = self.upload(bytemuck::cast_slice(values)).map(Rc::new);
        GpuTensor {
            storage,
            shape: shape.to_vec(),
        }
    }

    pub(super) fn upload_matrix(&self, data: MatrixData<'_>) -> Result<GpuMatrix, ComputeError> {
        let upload = |bytes: &[u8]| {
            let storage = self
                .memory
                .allocate(bytes.len() as u64)
                .ok_or(ComputeError::OutOfMemory)?;
            self.write(&storage, bytes);
            // Natively, wgpu holds a second copy of the bytes until the next submission.
            self.device.queue.submit([]);
            Ok(storage)
        };
        let (kind, values, scales) = match data.values {
            MatrixValues::Int8 { values, scales } => {
                let scales = upload(bytemuck::cast_slice(scales))?;
                (
                    WeightKind::Int8,
                    upload(bytemuck::cast_slice(values))?,
                    Some(scales),
                )
            }
            MatrixValues::F16(values) => {
                (WeightKind::F16, upload(bytemuck::cast_slice(values))?, None)
            }
            MatrixValues::F32(values) => {
                (WeightKind::F32, upload(bytemuck::cast_slice(values))?, None)
            }
        };
        let MatrixData { rows, columns, .. } = data;
        Ok(GpuMatrix {
            kind,
            rows,
            columns,
            values,
            scales,
        })
    }

    pub(super) fn upload(&self, bytes: &[u8]) -> Option<Storage> {
        let storage = self.storage(bytes.len() as u64, FirstWrite::Host)?;
        self.write(&storage, bytes);
        Some(storage)
    }

    fn write(&self, storage: &Storage, bytes: &[u8]) {
        self.counter.add(|counts| {
            counts.uploads += 1;
            counts.uploaded_bytes += bytes.len() as u64;
        });
        self.device.queue.write_buffer(storage.buffer(), 0, bytes);
    }

    pub(super) fn storage(&self, bytes: u64, write: FirstWrite) -> Option<Storage> {
        if self.warming_up.get() {
            return None;
        }
        let storage = self.memory.storage(bytes, write);
        if storage.is_none() {
            self.device.record(ComputeError::OutOfMemory);
        }
        storage
    }
}
