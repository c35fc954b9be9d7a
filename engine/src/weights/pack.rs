//! The pack: one safetensors file that holds a whole model.
//!
//! Matrices are `[rows, stride]` with `stride` the columns rounded up to a multiple of four, so
//! that a row of int8 starts on a word and uploads as it lies; an int8 matrix `name` has its
//! scales beside it as `name_scale` `[rows]`. The metadata key `glance` holds a [`PackHeader`].

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use half::f16;
use safetensors::tensor::{Dtype, Metadata, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{WeightType, WeightsError, quantize_int8};
use crate::compute::{MatrixData, MatrixValues};
use crate::image::Preprocessing;
use crate::model::config::ClipConfig;

const METADATA_KEY: &str = "glance";
const FORMAT: u32 = 1;
const MERGES: &str = "tokenizer.merges";
/// Bytes under one hash. The last piece may be shorter.
const PIECE: usize = 1 << 20;

/// What a pack says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackHeader {
    /// Version of this layout.
    pub format: u32,
    /// A name for people, such as `CLIP ViT-B/32`.
    pub name: String,
    /// SPDX expression of the weights' licence, where it is known.
    pub license: Option<String>,
    /// The network.
    pub config: ClipConfig,
    /// How pictures become input.
    pub preprocessing: Preprocessing,
    /// How strings become tokens.
    pub tokenizer: TokenizerSpec,
    /// SHA-256, in hexadecimal, of each piece of 1 MiB of the data after the header.
    pub pieces: Vec<String>,
}

/// How strings become tokens. The merges are the tensor `tokenizer.merges`: UTF-8, one a line,
/// most frequent first. The vocabulary follows from them as in OpenAI's `simple_tokenizer.py`:
/// 256 bytes, 256 bytes at a word's end, the merges, then the start and end tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TokenizerSpec {
    /// CLIP's byte-pair encoding.
    ClipBpe,
}

/// A parsed, checked pack over its own bytes.
pub struct Pack {
    header: PackHeader,
    bytes: Vec<u8>,
    /// Offset of the data in `bytes`.
    data: usize,
    metadata: Metadata,
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
        let pieces = bytes[data..].chunks(PIECE);
        if pieces.len() != header.pieces.len() {
            return Err(container(&"its list of pieces does not match its length"));
        }
        for (index, (piece, expected)) in pieces.zip(&header.pieces).enumerate() {
            if hexadecimal(&Sha256::digest(piece)) != *expected {
                return Err(WeightsError::Damaged(index));
            }
        }
        Ok(Self {
            header,
            bytes,
            data,
            metadata,
        })
    }

    /// What the pack says about itself.
    pub fn header(&self) -> &PackHeader {
        &self.header
    }

    /// Bytes of the whole file.
    pub fn size(&self) -> usize {
        self.bytes.len()
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

    /// The byte-pair merges, one a line.
    ///
    /// # Errors
    /// [`WeightsError::Missing`] or [`WeightsError::Type`].
    pub fn merges(&self) -> Result<&str, WeightsError> {
        let info = self
            .metadata
            .info(MERGES)
            .ok_or_else(|| WeightsError::Missing(MERGES.to_owned()))?;
        let bytes = &self.bytes[self.data..][info.data_offsets.0..info.data_offsets.1];
        std::str::from_utf8(bytes).map_err(|_| WeightsError::Type {
            name: MERGES.to_owned(),
            found: "text that is not UTF-8".to_owned(),
        })
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

/// Collects tensors and writes a pack.
pub struct PackWriter {
    header: PackHeader,
    weight_type: WeightType,
    tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)>,
}

impl PackWriter {
    /// Starts a pack; matrices will be stored as `weight_type`.
    pub fn new(
        name: &str,
        license: Option<&str>,
        config: ClipConfig,
        preprocessing: Preprocessing,
        merges: &str,
        weight_type: WeightType,
    ) -> Self {
        let header = PackHeader {
            format: FORMAT,
            name: name.to_owned(),
            license: license.map(str::to_owned),
            config,
            preprocessing,
            tokenizer: TokenizerSpec::ClipBpe,
            pieces: Vec::new(),
        };
        let merges = (
            MERGES.to_owned(),
            Dtype::U8,
            vec![merges.len()],
            merges.as_bytes().to_vec(),
        );
        Self {
            header,
            weight_type,
            tensors: vec![merges],
        }
    }

    /// Adds a matrix of rows of `columns` values, quantising it on the way.
    ///
    /// # Errors
    /// [`WeightsError::NotFinite`], or [`WeightsError::Shape`] where `columns` does not divide.
    pub fn matrix(
        &mut self,
        name: &str,
        columns: usize,
        values: &[f32],
    ) -> Result<(), WeightsError> {
        finite(name, values)?;
        if columns == 0 || !values.len().is_multiple_of(columns) {
            return Err(WeightsError::Shape {
                name: name.to_owned(),
                found: vec![values.len()],
                expected: vec![0, columns],
            });
        }
        let rows = values.len() / columns;
        let stride = columns.next_multiple_of(4);
        let values: Cow<'_, [f32]> = if stride == columns {
            Cow::Borrowed(values)
        } else {
            let mut padded = vec![0.0; rows * stride];
            for (to, from) in padded
                .chunks_exact_mut(stride)
                .zip(values.chunks_exact(columns))
            {
                to[..columns].copy_from_slice(from);
            }
            Cow::Owned(padded)
        };
        let shape = vec![rows, stride];
        let (dtype, bytes) = match self.weight_type {
            WeightType::Int8 => {
                let (steps, scales) = quantize_int8(&values, stride);
                let scales = bytemuck::cast_slice(&scales).to_vec();
                self.tensors
                    .push((format!("{name}_scale"), Dtype::F32, vec![rows], scales));
                (Dtype::I8, bytemuck::cast_slice(&steps).to_vec())
            }
            WeightType::F16 => {
                let halves = values.iter().map(|value| f16::from_f32(*value).to_bits());
                (Dtype::F16, halves.flat_map(u16::to_le_bytes).collect())
            }
            WeightType::F32 => (Dtype::F32, bytemuck::cast_slice(&values).to_vec()),
        };
        self.tensors.push((name.to_owned(), dtype, shape, bytes));
        Ok(())
    }

    /// Adds a vector or small table, kept in f32.
    ///
    /// # Errors
    /// [`WeightsError::NotFinite`].
    pub fn vector(
        &mut self,
        name: &str,
        shape: &[usize],
        values: &[f32],
    ) -> Result<(), WeightsError> {
        finite(name, values)?;
        let bytes = bytemuck::cast_slice(values).to_vec();
        self.tensors
            .push((name.to_owned(), Dtype::F32, shape.to_vec(), bytes));
        Ok(())
    }

    /// The finished file.
    ///
    /// # Errors
    /// [`WeightsError::Container`] where a tensor's shape and bytes disagree.
    pub fn finish(mut self) -> Result<Vec<u8>, WeightsError> {
        let container =
            |error: safetensors::SafeTensorError| WeightsError::Container(error.to_string());
        // The order of the data does not depend on the metadata, so a first draft tells the hashes.
        let draft = self.serialize()?;
        let (header_length, _) = SafeTensors::read_metadata(&draft).map_err(container)?;
        self.header.pieces = draft[header_length + 8..]
            .chunks(PIECE)
            .map(|piece| hexadecimal(&Sha256::digest(piece)))
            .collect();
        self.serialize()
    }

    fn serialize(&self) -> Result<Vec<u8>, WeightsError> {
        let container = |error: &dyn std::fmt::Display| WeightsError::Container(error.to_string());
        let header = serde_json::to_string(&self.header).map_err(|error| container(&error))?;
        let metadata = HashMap::from([(METADATA_KEY.to_owned(), header)]);
        let views = self
            .tensors
            .iter()
            .map(|(name, dtype, shape, bytes)| {
                let view = TensorView::new(*dtype, shape.clone(), bytes)
                    .map_err(|error| WeightsError::Container(format!("{name}: {error}")))?;
                Ok((name, view))
            })
            .collect::<Result<Vec<_>, WeightsError>>()?;
        safetensors::serialize(views, Some(metadata)).map_err(|error| container(&error))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn finite(name: &str, values: &[f32]) -> Result<(), WeightsError> {
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(()),
        false => Err(WeightsError::NotFinite(name.to_owned())),
    }
}

fn wrong_type(name: &str, found: Dtype) -> WeightsError {
    WeightsError::Type {
        name: name.to_owned(),
        found: format!("{found:?}"),
    }
}

fn cast<'a, T: bytemuck::AnyBitPattern>(
    name: &str,
    bytes: &'a [u8],
) -> Result<&'a [T], WeightsError> {
    bytemuck::try_cast_slice(bytes)
        .map_err(|error| WeightsError::Container(format!("{name}: {error}")))
}
