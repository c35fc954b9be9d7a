//! The pack: one safetensors file that holds a whole model.
//!
//! Matrices are `[rows, stride]` with `stride` the columns rounded up to a multiple of four, so
//! that a row of int8 starts on a word and uploads as it lies; an int8 matrix `name` has its
//! scales beside it as `name_scale` `[rows]`. The metadata key `glance` holds a [`PackHeader`].

use std::collections::BTreeMap;

use safetensors::tensor::{Dtype, Metadata, SafeTensors};

use super::pack_header::{FORMAT, METADATA_KEY, piece_hashes, wrong_type};
use super::{PackHeader, TokenizerData, TokenizerSpec, WeightsError};
use crate::compute::{MatrixData, MatrixValues};

/// A parsed, checked pack over its own bytes.
pub struct Pack {
    header: PackHeader,
    metadata: Metadata,
    /// What lies before the data in the file: the length of the metadata and the metadata.
    head: Vec<u8>,
    /// The data from `data` on.
    bytes: Vec<u8>,
    data: usize,
}

impl Pack {
    /// Reads a pack and checks every hash and the configuration.
    ///
    /// # Errors
    /// Every [`WeightsError`] but those of single tensors.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, WeightsError> {
        let container = |error: &dyn std::fmt::Display| WeightsError::Container(error.to_string());
        let (header_length, metadata) =
            SafeTensors::read_metadata(&bytes).map_err(|error| container(&error))?;
        let data = header_length + 8;
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
        if bytes.len() - data != metadata.data_len() {
            return Err(container(&"its length differs from what it declares"));
        }
        let hashes = piece_hashes(&bytes[data..]);
        if hashes.len() != header.pieces.len() {
            return Err(container(&"its list of pieces does not match its length"));
        }
        for (index, (found, expected)) in hashes.zip(&header.pieces).enumerate() {
            if found != *expected {
                return Err(WeightsError::Damaged(index));
            }
        }
        Ok(Self {
            header,
            metadata,
            head: bytes[..data].to_vec(),
            bytes,
            data,
        })
    }

    /// A pack of parts that were just written.
    pub(super) fn assemble(
        header: PackHeader,
        metadata: Metadata,
        data: Vec<u8>,
    ) -> Result<Self, WeightsError> {
        let container = |error: &dyn std::fmt::Display| WeightsError::Container(error.to_string());
        let mut json = serde_json::to_vec(&metadata).map_err(|error| container(&error))?;
        // Spaces, as the format allows, so that the data start on a word of eight bytes.
        json.resize(json.len().next_multiple_of(8), b' ');
        let mut head = (json.len() as u64).to_le_bytes().to_vec();
        head.append(&mut json);
        Ok(Self {
            header,
            metadata,
            head,
            bytes: data,
            data: 0,
        })
    }

    /// The file in two parts, to be written one after the other.
    pub fn file(&self) -> [&[u8]; 2] {
        [&self.head, &self.bytes[self.data..]]
    }

    /// What the pack says about itself.
    pub fn header(&self) -> &PackHeader {
        &self.header
    }

    /// Bytes of the whole file.
    pub fn size(&self) -> usize {
        self.file().map(<[u8]>::len).iter().sum()
    }

    /// Names of the tensors, scales and merges included.
    pub fn tensor_names(&self) -> Vec<String> {
        self.metadata.offset_keys()
    }

    /// A weight matrix `[rows, columns]`, as it is stored.
    ///
    /// # Errors
    /// [`WeightsError::Missing`], [`WeightsError::Shape`] or [`WeightsError::Type`].
    pub fn matrix(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<MatrixData<'_>, WeightsError> {
        let expected = [rows, columns.next_multiple_of(4)];
        let (dtype, bytes) = self.tensor(name, &expected)?;
        let values = match dtype {
            Dtype::I8 => {
                let scale_name = format!("{name}_scale");
                let (scale_type, scales) = self.tensor(&scale_name, &[rows])?;
                if scale_type != Dtype::F32 {
                    return Err(wrong_type(&scale_name, scale_type));
                }
                let scales = cast(&scale_name, scales)?;
                MatrixValues::Int8 {
                    values: cast(name, bytes)?,
                    scales,
                }
            }
            Dtype::F16 => MatrixValues::F16(cast(name, bytes)?),
            Dtype::F32 => MatrixValues::F32(cast(name, bytes)?),
            other => return Err(wrong_type(name, other)),
        };
        Ok(MatrixData {
            rows,
            columns,
            values,
        })
    }

    /// A matrix as f32 without its padding: `rows × columns` values.
    ///
    /// # Errors
    /// As [`Pack::matrix`].
    pub fn matrix_f32(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Vec<f32>, WeightsError> {
        let data = self.matrix(name, rows, columns)?;
        let stride = data.stride();
        let cell = |row: usize, column: usize| match data.values {
            MatrixValues::Int8 { values, scales } => {
                f32::from(values[row * stride + column]) * scales[row]
            }
            MatrixValues::F16(values) => values[row * stride + column].to_f32(),
            MatrixValues::F32(values) => values[row * stride + column],
        };
        Ok((0..rows)
            .flat_map(|row| (0..columns).map(move |column| cell(row, column)))
            .collect())
    }

    /// A vector or small table of f32.
    ///
    /// # Errors
    /// [`WeightsError::Missing`], [`WeightsError::Shape`], [`WeightsError::Type`] or
    /// [`WeightsError::NotFinite`].
    pub fn vector(&self, name: &str, shape: &[usize]) -> Result<&[f32], WeightsError> {
        let (dtype, bytes) = self.tensor(name, shape)?;
        if dtype != Dtype::F32 {
            return Err(wrong_type(name, dtype));
        }
        let values: &[f32] = cast(name, bytes)?;
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(values),
            false => Err(WeightsError::NotFinite(name.to_owned())),
        }
    }

    /// What the tokenizer is made of.
    ///
    /// # Errors
    /// [`WeightsError::Missing`] or [`WeightsError::Type`].
    pub fn tokenizer(&self) -> Result<TokenizerData<'_>, WeightsError> {
        let name = self.header.tokenizer.tensor();
        let info = self
            .metadata
            .info(name)
            .ok_or_else(|| WeightsError::Missing(name.to_owned()))?;
        let bytes = &self.bytes[self.data..][info.data_offsets.0..info.data_offsets.1];
        match self.header.tokenizer {
            TokenizerSpec::HuggingFace { eos_token_id } => Ok(TokenizerData::HuggingFace {
                json: bytes,
                eos_token_id,
            }),
            TokenizerSpec::ClipBpe => match std::str::from_utf8(bytes) {
                Ok(merges) => Ok(TokenizerData::ClipBpe { merges }),
                Err(_) => Err(WeightsError::Type {
                    name: name.to_owned(),
                    found: "text that is not UTF-8".to_owned(),
                }),
            },
        }
    }

    fn tensor(&self, name: &str, expected: &[usize]) -> Result<(Dtype, &[u8]), WeightsError> {
        let info = self
            .metadata
            .info(name)
            .ok_or_else(|| WeightsError::Missing(name.to_owned()))?;
        if info.shape != expected {
            return Err(WeightsError::Shape {
                name: name.to_owned(),
                found: info.shape.clone(),
                expected: expected.to_vec(),
            });
        }
        Ok((
            info.dtype,
            &self.bytes[self.data..][info.data_offsets.0..info.data_offsets.1],
        ))
    }
}

fn cast<'a, T: bytemuck::AnyBitPattern>(
    name: &str,
    bytes: &'a [u8],
) -> Result<&'a [T], WeightsError> {
    bytemuck::try_cast_slice(bytes)
        .map_err(|error| WeightsError::Container(format!("{name}: {error}")))
}
