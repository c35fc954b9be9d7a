//! Writes packs, one tensor after the other, into one buffer, which becomes the pack's data.

use std::borrow::Cow;
use std::collections::HashMap;

use half::f16;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};

use super::pack_header::{FORMAT, METADATA_KEY, piece_hashes};
use crate::config::ClipConfig;
use crate::image::Preprocessing;
use crate::weights::error::WeightsError;
use crate::weights::pack::Pack;
use crate::weights::pack_header::{PackHeader, TokenizerData};
use crate::weights::quantize::WeightType;
use crate::weights::quantize::quantize_int8;

/// Matrices of a mobile network with up to this many values stay f16 in int8 packs.
const MAX_F16_VALUES: usize = 100_000;

/// The tokenizer's data are padded to a multiple of this many bytes.
const TOKENIZER_ALIGNMENT: usize = 8;

/// Collects tensors and writes a pack.
pub struct PackWriter {
    header: PackHeader,
    weight_type: WeightType,
    tensors: Vec<(String, TensorInfo)>,
    data: Vec<u8>,
}

impl PackWriter {
    /// Starts a pack with matrices of `weight_type`. The tokenizer comes first, because a page
    /// builds it while weights arrive.
    pub fn new(
        name: &str,
        license: Option<&str>,
        config: ClipConfig,
        preprocessing: Preprocessing,
        tokenizer: TokenizerData<'_>,
        weight_type: WeightType,
    ) -> Self {
        let header = PackHeader {
            format: FORMAT,
            name: name.to_owned(),
            license: license.map(str::to_owned),
            config,
            preprocessing,
            tokenizer: tokenizer.spec(),
            pieces: Vec::new(),
        };
        let name = header.tokenizer.tensor();
        let mut writer = Self {
            header,
            weight_type,
            tensors: Vec::new(),
            data: Vec::new(),
        };
        // Padded, so that the tensors after it are aligned. Line breaks mean nothing after JSON or
        // the last merge.
        let mut bytes = tokenizer.bytes().to_vec();
        bytes.resize(bytes.len().next_multiple_of(TOKENIZER_ALIGNMENT), b'\n');
        writer.tensor(name, Dtype::U8, &[bytes.len()], &bytes);
        writer
    }

    /// Reserves memory for matrices of `elements` values in `rows` rows, and for `vectors` other
    /// values, so that the buffer is not reallocated.
    ///
    /// # Errors
    /// [`WeightsError::OutOfMemory`].
    pub fn reserve(&mut self, elements: u64, rows: u64, vectors: u64) -> Result<(), WeightsError> {
        let (width, row) = match self.weight_type {
            WeightType::Int8 => (1, 4),
            WeightType::F16 => (2, 0),
            WeightType::F32 => (4, 0),
        };
        // A row is padded by at most three values.
        let matrices = width * (elements + 3 * rows) + row * rows;
        let bytes = matrices + 4 * vectors;
        let reserved = usize::try_from(bytes).ok();
        reserved
            .and_then(|bytes| self.data.try_reserve_exact(bytes).ok())
            .ok_or(WeightsError::OutOfMemory(bytes / 1_000_000))
    }

    /// Adds a matrix with rows of `columns` values, converting it to the weight type.
    ///
    /// # Errors
    /// [`WeightsError::NotFinite`], or [`WeightsError::Shape`] if `columns` does not divide the
    /// number of values.
    pub fn matrix(
        &mut self,
        name: &str,
        columns: usize,
        values: &[f32],
    ) -> Result<(), WeightsError> {
        let mut rows = self.rows(name, columns);
        rows.push(values)?;
        rows.finish();
        Ok(())
    }

    /// As [`PackWriter::matrix`], for a mobile network: small matrices stay f16 in int8 packs. The
    /// first layers are small, and their errors pass through all that follow. In EfficientNet-lite0
    /// small matrices are a fifth of the values and cause nearly all of the error.
    ///
    /// # Errors
    /// As [`PackWriter::matrix`].
    pub fn mobile_matrix(
        &mut self,
        name: &str,
        columns: usize,
        values: &[f32],
    ) -> Result<(), WeightsError> {
        let weight_type = match self.weight_type {
            WeightType::Int8 if values.len() <= MAX_F16_VALUES => WeightType::F16,
            other => other,
        };
        let mut rows = self.rows(name, columns);
        rows.weight_type = weight_type;
        rows.push(values)?;
        rows.finish();
        Ok(())
    }

    /// Adds a matrix with rows of `columns` values, a few rows at a time.
    pub fn rows<'a>(&'a mut self, name: &'a str, columns: usize) -> RowWriter<'a> {
        RowWriter {
            start: self.data.len(),
            scales: Vec::new(),
            count: 0,
            weight_type: self.weight_type,
            pack: self,
            name,
            columns,
        }
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
        self.tensor(name, Dtype::F32, shape, bytemuck::cast_slice(values));
        Ok(())
    }

    fn tensor(&mut self, name: &str, dtype: Dtype, shape: &[usize], bytes: &[u8]) {
        let start = self.data.len();
        self.data.extend_from_slice(bytes);
        self.end(name, dtype, shape, start);
    }

    /// Records the data since `start` as the tensor `name`.
    fn end(&mut self, name: &str, dtype: Dtype, shape: &[usize], start: usize) {
        let info = TensorInfo {
            dtype,
            shape: shape.to_vec(),
            data_offsets: (start, self.data.len()),
        };
        self.tensors.push((name.to_owned(), info));
    }

    /// Finishes the pack.
    ///
    /// # Errors
    /// [`WeightsError::Container`] if a tensor's shape and bytes disagree.
    pub fn finish(mut self) -> Result<Pack, WeightsError> {
        let container = |error: &dyn std::fmt::Display| WeightsError::Container(error.to_string());
        self.header.pieces = piece_hashes(&self.data).collect();
        let header = serde_json::to_string(&self.header).map_err(|error| container(&error))?;
        let description = HashMap::from([(METADATA_KEY.to_owned(), header)]);
        let metadata =
            Metadata::new(Some(description), self.tensors).map_err(|error| container(&error))?;
        Pack::assemble(self.header, metadata, self.data)
    }
}

/// A matrix that is being written. Without [`RowWriter::finish`], some bytes belong to no tensor,
/// and [`PackWriter::finish`] fails.
pub struct RowWriter<'a> {
    pack: &'a mut PackWriter,
    name: &'a str,
    columns: usize,
    weight_type: WeightType,
    start: usize,
    count: usize,
    scales: Vec<f32>,
}

impl RowWriter<'_> {
    /// Adds whole rows.
    ///
    /// # Errors
    /// [`WeightsError::NotFinite`], or [`WeightsError::Shape`] if these are not whole rows.
    pub fn push(&mut self, values: &[f32]) -> Result<(), WeightsError> {
        finite(self.name, values)?;
        if self.columns == 0 || !values.len().is_multiple_of(self.columns) {
            return Err(WeightsError::Shape {
                name: self.name.to_owned(),
                found: vec![values.len()],
                expected: vec![0, self.columns],
            });
        }
        self.count += values.len() / self.columns;
        let stride = self.columns.next_multiple_of(4);
        let values = padded(values, self.columns, stride);
        let data = &mut self.pack.data;
        match self.weight_type {
            WeightType::Int8 => {
                let (steps, scales) = quantize_int8(&values, stride);
                data.extend_from_slice(bytemuck::cast_slice(&steps));
                self.scales.extend(scales);
            }
            WeightType::F16 => {
                let halves = values.iter().map(|value| f16::from_f32(*value).to_bits());
                data.extend(halves.flat_map(u16::to_le_bytes));
            }
            WeightType::F32 => data.extend_from_slice(bytemuck::cast_slice(&values)),
        }
        Ok(())
    }

    /// Finishes the matrix.
    pub fn finish(self) {
        let Self {
            pack,
            name,
            columns,
            weight_type,
            start,
            count,
            scales,
        } = self;
        let shape = [count, columns.next_multiple_of(4)];
        let dtype = match weight_type {
            WeightType::Int8 => Dtype::I8,
            WeightType::F16 => Dtype::F16,
            WeightType::F32 => Dtype::F32,
        };
        pack.end(name, dtype, &shape, start);
        if dtype == Dtype::I8 {
            let (name, scales) = (format!("{name}_scale"), bytemuck::cast_slice(&scales));
            pack.tensor(&name, Dtype::F32, &[count], scales);
        }
    }
}

/// Rows padded with zeros.
fn padded(values: &[f32], columns: usize, stride: usize) -> Cow<'_, [f32]> {
    if stride == columns {
        return Cow::Borrowed(values);
    }
    let mut padded = vec![0.0; values.len() / columns * stride];
    let rows = padded
        .chunks_exact_mut(stride)
        .zip(values.chunks_exact(columns));
    for (to, from) in rows {
        to[..columns].copy_from_slice(from);
    }
    Cow::Owned(padded)
}

fn finite(name: &str, values: &[f32]) -> Result<(), WeightsError> {
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(()),
        false => Err(WeightsError::NotFinite(name.to_owned())),
    }
}
