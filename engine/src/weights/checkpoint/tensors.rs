//! The tensors of a checkpoint: where each is stored and how it becomes f32.

use std::collections::BTreeMap;
use std::ops::Range;

use half::{bf16, f16};

use super::files::CheckpointFiles;
use super::zip_archive::ZipEntry;
use crate::weights::error::WeightsError;

/// The types that weights come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum StoredType {
    F32,
    F16,
    Bf16,
    F64,
    /// Integers and other types that hold no weights, as the file names them.
    Other(String),
}

impl StoredType {
    fn bytes(&self) -> Option<u64> {
        match self {
            Self::F16 | Self::Bf16 => Some(2),
            Self::F32 => Some(4),
            Self::F64 => Some(8),
            Self::Other(_) => None,
        }
    }
}

/// Where a tensor's bytes begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At an offset in the file.
    File(u64),
    /// At the start of this range of the file, which it must not exceed.
    Part(Range<u64>),
    /// In a file of a zip archive, at an offset in that file.
    Zip(ZipEntry, u64),
}

/// One tensor of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StoredTensor {
    /// The file that holds it.
    pub file: String,
    pub place: Place,
    pub stored_type: StoredType,
    pub shape: Vec<usize>,
    /// Strides in elements, unless the values are contiguous.
    pub strides: Option<Vec<usize>>,
}

/// Every tensor by its name.
pub(super) type Tensors = BTreeMap<String, StoredTensor>;

impl StoredTensor {
    pub(super) fn elements(&self) -> u64 {
        let product = |product: u64, side: &usize| product.saturating_mul(*side as u64);
        self.shape.iter().fold(1, product)
    }

    /// Bytes of its values; none if they hold no weights.
    pub(super) fn bytes(&self) -> u64 {
        let width = self.stored_type.bytes().unwrap_or(0);
        self.elements().saturating_mul(width)
    }

    /// Opens the tensor, which is named `name`, for reading whole or in parts.
    pub(super) async fn open<'a, F: CheckpointFiles>(
        &'a self,
        name: &'a str,
        files: &'a F,
    ) -> Result<OpenTensor<'a, F>, WeightsError> {
        let width = self
            .stored_type
            .bytes()
            .ok_or_else(|| self.unusable(name))?;
        let bytes = match &self.place {
            Place::File(offset) => *offset..u64::MAX,
            Place::Part(range) => range.clone(),
            Place::Zip(entry, offset) => {
                let data = entry.data(files, &self.file).await?;
                data.start.saturating_add(*offset)..data.end
            }
        };
        // Overlapping values could make a tensor larger than its file.
        let span = Some(self.span()).filter(|span| *span >= self.elements());
        let length = span.and_then(|span| span.checked_mul(width));
        let fits = length.and_then(|length| bytes.start.checked_add(length));
        match fits {
            Some(end) if end <= bytes.end => Ok(OpenTensor {
                tensor: self,
                name,
                files,
                start: bytes.start,
                width,
            }),
            _ => Err(WeightsError::Container(format!(
                "{name} reaches beyond its file"
            ))),
        }
    }

    /// Number of elements from the first to the last in the file.
    fn span(&self) -> u64 {
        let Some(strides) = &self.strides else {
            return self.elements();
        };
        if self.elements() == 0 {
            return 0;
        }
        let axes = self.shape.iter().zip(strides);
        let reach =
            |(side, stride): (&usize, &usize)| (*side as u64 - 1).saturating_mul(*stride as u64);
        axes.map(reach).fold(1, u64::saturating_add)
    }

    fn unusable(&self, name: &str) -> WeightsError {
        let found = match &self.stored_type {
            StoredType::Other(found) => found.clone(),
            found => format!("{found:?}"),
        };
        WeightsError::Type {
            name: name.to_owned(),
            found,
        }
    }
}

/// A tensor whose place in its file is known.
pub(super) struct OpenTensor<'a, F> {
    tensor: &'a StoredTensor,
    name: &'a str,
    files: &'a F,
    start: u64,
    width: u64,
}

impl<F: CheckpointFiles> OpenTensor<'_, F> {
    /// Whether rows can be read one after the other.
    pub(super) fn in_order(&self) -> bool {
        self.tensor.strides.is_none()
    }

    /// Reads the whole tensor, row-major.
    pub(super) async fn read(&self) -> Result<Vec<f32>, WeightsError> {
        let Some(strides) = &self.tensor.strides else {
            return self.elements(0..self.tensor.elements()).await;
        };
        let values = self.elements(0..self.tensor.span()).await?;
        let shape = &self.tensor.shape;
        let mut index = vec![0; shape.len()];
        let mut gathered = Vec::new();
        for _ in 0..self.tensor.elements() {
            let place: usize = index
                .iter()
                .zip(strides)
                .map(|(at, stride)| at * stride)
                .sum();
            gathered.push(values[place]);
            for axis in (0..shape.len()).rev() {
                index[axis] += 1;
                if index[axis] < shape[axis] {
                    break;
                }
                index[axis] = 0;
            }
        }
        Ok(gathered)
    }

    /// Reads elements in the order of the file.
    pub(super) async fn elements(&self, range: Range<u64>) -> Result<Vec<f32>, WeightsError> {
        let byte = |element: u64| self.start + element * self.width;
        let range = byte(range.start)..byte(range.end);
        let bytes = self.files.read(&self.tensor.file, range).await?;
        Ok(match self.tensor.stored_type {
            StoredType::F32 => convert(&bytes, f32::from_le_bytes),
            StoredType::F16 => convert(&bytes, |bytes| f16::from_le_bytes(bytes).to_f32()),
            StoredType::Bf16 => convert(&bytes, |bytes| bf16::from_le_bytes(bytes).to_f32()),
            StoredType::F64 => convert(&bytes, |bytes| f64::from_le_bytes(bytes) as f32),
            StoredType::Other(_) => return Err(self.tensor.unusable(self.name)),
        })
    }
}

fn convert<const N: usize>(bytes: &[u8], value: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|bytes| value(*bytes))
        .collect()
}
