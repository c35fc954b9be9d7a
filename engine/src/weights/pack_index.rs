//! Finds the parts of a pack, from its head alone.
//!
//! The head is the start of a safetensors file: the length of the metadata, then the metadata.
//! Ranges count from the first byte of the data after it.

use std::collections::BTreeMap;
use std::ops::Range;

use safetensors::tensor::{Dtype, Metadata, TensorInfo};

use glance_compute::{MatrixData, MatrixValues};

use super::pack_header::{FORMAT, METADATA_KEY, PIECE, wrong_type};
use crate::weights::error::WeightsError;
use crate::weights::pack_header::{PackHeader, TokenizerData, TokenizerSpec};

/// Bytes of the metadata's length.
const LENGTH: usize = 8;
/// The longest metadata that the `safetensors` crate reads.
const MAX_METADATA: u64 = 100_000_000;

/// A pack's header, and where its tensors are.
#[derive(Debug)]
pub struct PackIndex {
    header: PackHeader,
    metadata: Metadata,
}

impl PackIndex {
    /// Length of the head of the pack that starts with `start`.
    ///
    /// # Errors
    /// [`WeightsError::Container`] if `start` is too short, or the length too large.
    pub fn head_length(start: &[u8]) -> Result<usize, WeightsError> {
        let length = start.first_chunk().copied().map(u64::from_le_bytes);
        length
            .filter(|length| *length <= MAX_METADATA)
            .map(|length| LENGTH + length as usize)
            .ok_or_else(|| WeightsError::Container("it is too short, or no pack".to_owned()))
    }

    /// Reads a head and checks the configuration.
    ///
    /// # Errors
    /// [`WeightsError::Container`], [`WeightsError::Version`] or [`WeightsError::Config`].
    pub fn parse(head: &[u8]) -> Result<Self, WeightsError> {
        let container = |error: &dyn std::fmt::Display| WeightsError::Container(error.to_string());
        if Self::head_length(head)? != head.len() {
            return Err(container(&"its head is cut short"));
        }
        let metadata: Metadata =
            serde_json::from_slice(&head[LENGTH..]).map_err(|error| container(&error))?;
        let header = metadata
            .metadata()
            .as_ref()
            .and_then(|entries| entries.get(METADATA_KEY))
            .ok_or_else(|| container(&"it has no model description"))?;
        let version: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(header).map_err(|error| container(&error))?;
        let format = version
            .get("format")
            .and_then(serde_json::Value::as_u64)
            .unwrap_or(0);
        if format != u64::from(FORMAT) {
            return Err(WeightsError::Version(format.min(u64::from(u32::MAX)) as u32));
        }
        let header: PackHeader = serde_json::from_str(header).map_err(|error| container(&error))?;
        header.config.validate()?;
        if header.pieces.len() != metadata.data_len().div_ceil(PIECE) {
            return Err(container(&"its list of pieces does not match its length"));
        }
        Ok(Self { header, metadata })
    }

    pub(super) fn new(header: PackHeader, metadata: Metadata) -> Self {
        Self { header, metadata }
    }

    pub(super) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The pack's header.
    pub fn header(&self) -> &PackHeader {
        &self.header
    }

    /// Size of the data after the head, in bytes.
    pub fn data_length(&self) -> usize {
        self.metadata.data_len()
    }

    /// Names of the tensors, scales and merges included, in the order of their bytes.
    pub fn tensor_names(&self) -> Vec<String> {
        self.metadata.offset_keys()
    }

    /// Finds the weight matrix `[rows, columns]`.
    ///
    /// # Errors
    /// [`WeightsError::Missing`], [`WeightsError::Shape`] or [`WeightsError::Type`].
    pub fn matrix(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<StoredMatrix, WeightsError> {
        let info = self.tensor(name, &[rows, columns.next_multiple_of(4)])?;
        let scales = match info.dtype {
            Dtype::I8 => {
                let name = format!("{name}_scale");
                let scales = self.tensor(&name, &[rows])?;
                if scales.dtype != Dtype::F32 {
                    return Err(wrong_type(&name, scales.dtype));
                }
                range(scales)
            }
            Dtype::F16 | Dtype::F32 => 0..0,
            other => return Err(wrong_type(name, other)),
        };
        Ok(StoredMatrix {
            rows,
            columns,
            dtype: info.dtype,
            values: range(info),
            scales,
        })
    }

    /// Finds a vector or small table of f32.
    ///
    /// # Errors
    /// [`WeightsError::Missing`], [`WeightsError::Shape`] or [`WeightsError::Type`].
    pub fn vector(&self, name: &str, shape: &[usize]) -> Result<Range<usize>, WeightsError> {
        let info = self.tensor(name, shape)?;
        match info.dtype {
            Dtype::F32 => Ok(range(info)),
            other => Err(wrong_type(name, other)),
        }
    }

    /// Finds the tokenizer's data.
    ///
    /// # Errors
    /// [`WeightsError::Missing`].
    pub fn tokenizer(&self) -> Result<Range<usize>, WeightsError> {
        let name = self.header.tokenizer.tensor();
        let info = self.metadata.info(name);
        info.map(range)
            .ok_or_else(|| WeightsError::Missing(name.to_owned()))
    }

    /// Reads the tokenizer's data from its bytes.
    ///
    /// # Errors
    /// [`WeightsError::Type`].
    pub fn tokenizer_data<'a>(&self, bytes: &'a [u8]) -> Result<TokenizerData<'a>, WeightsError> {
        match self.header.tokenizer {
            TokenizerSpec::HuggingFace { eos_token_id } => Ok(TokenizerData::HuggingFace {
                json: bytes,
                eos_token_id,
            }),
            TokenizerSpec::ClipBpe => match std::str::from_utf8(bytes) {
                // The bytes may be padded to a whole word.
                Ok(merges) => Ok(TokenizerData::ClipBpe {
                    merges: merges.trim_end(),
                }),
                Err(_) => Err(WeightsError::Type {
                    name: self.header.tokenizer.tensor().to_owned(),
                    found: "text that is not UTF-8".to_owned(),
                }),
            },
        }
    }

    fn tensor(&self, name: &str, expected: &[usize]) -> Result<&TensorInfo, WeightsError> {
        let info = self
            .metadata
            .info(name)
            .ok_or_else(|| WeightsError::Missing(name.to_owned()))?;
        match info.shape == expected {
            true => Ok(info),
            false => Err(WeightsError::Shape {
                name: name.to_owned(),
                found: info.shape.clone(),
                expected: expected.to_vec(),
            }),
        }
    }
}

/// Where a weight matrix is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMatrix {
    rows: usize,
    columns: usize,
    dtype: Dtype,
    /// Range of its values.
    pub values: Range<usize>,
    /// Range of the scales of an int8 matrix; empty for other types.
    pub scales: Range<usize>,
}

impl StoredMatrix {
    /// The matrix, from the bytes of its two ranges.
    ///
    /// # Errors
    /// [`WeightsError::Container`] if their length or alignment is wrong.
    pub fn data<'a>(
        &self,
        values: &'a [u8],
        scales: &'a [u8],
    ) -> Result<MatrixData<'a>, WeightsError> {
        let values = match self.dtype {
            Dtype::I8 => MatrixValues::Int8 {
                values: cast(values)?,
                scales: cast(scales)?,
            },
            Dtype::F16 => MatrixValues::F16(cast(values)?),
            _ => MatrixValues::F32(cast(values)?),
        };
        Ok(MatrixData {
            rows: self.rows,
            columns: self.columns,
            values,
        })
    }
}

/// Bytes as f32, which must be finite.
///
/// # Errors
/// [`WeightsError::Container`], or [`WeightsError::NotFinite`] with the tensor's name.
pub(crate) fn finite_values<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a [f32], WeightsError> {
    let values: &[f32] = cast(bytes)?;
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(values),
        false => Err(WeightsError::NotFinite(name.to_owned())),
    }
}

fn range(info: &TensorInfo) -> Range<usize> {
    info.data_offsets.0..info.data_offsets.1
}

fn cast<T: bytemuck::AnyBitPattern>(bytes: &[u8]) -> Result<&[T], WeightsError> {
    bytemuck::try_cast_slice(bytes).map_err(|error| WeightsError::Container(error.to_string()))
}
