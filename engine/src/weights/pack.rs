//! The pack: one safetensors file that holds a whole model.
//!
//! Matrices are `[rows, stride]`, where `stride` is the columns rounded up to a multiple of four.
//! So a row of int8 starts on a word and is uploaded unchanged. An int8 matrix `name` has its
//! scales in `name_scale` `[rows]`. The metadata key `glance` holds a [`PackHeader`].

use std::ops::Range;

use safetensors::tensor::Metadata;

use glance_compute::MatrixData;

use super::pack_header::piece_hashes;
use super::pack_index::finite_values;
use crate::weights::error::WeightsError;
use crate::weights::pack_header::{PackHeader, TokenizerData};
use crate::weights::pack_index::PackIndex;

/// A parsed, checked pack in memory.
pub struct Pack {
    index: PackIndex,
    head: Vec<u8>,
    /// The data, from the offset `data` on.
    bytes: Vec<u8>,
    data: usize,
}

impl Pack {
    /// Reads a pack and checks every hash and the configuration.
    ///
    /// # Errors
    /// Every [`WeightsError`] but those of single tensors.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, WeightsError> {
        let container = |reason: &str| WeightsError::Container(reason.to_owned());
        let data = PackIndex::head_length(&bytes)?;
        let head = bytes
            .get(..data)
            .ok_or_else(|| container("it is cut short"))?;
        let index = PackIndex::parse(head)?;
        if bytes.len() - data != index.data_length() {
            return Err(container("its length differs from what it declares"));
        }
        let hashes = piece_hashes(&bytes[data..]);
        for (piece, (found, expected)) in hashes.zip(&index.header().pieces).enumerate() {
            if found != *expected {
                return Err(WeightsError::Damaged(piece));
            }
        }
        Ok(Self {
            index,
            head: head.to_vec(),
            bytes,
            data,
        })
    }

    /// Assembles a pack from the parts that a writer made.
    pub(super) fn assemble(
        header: PackHeader,
        metadata: Metadata,
        data: Vec<u8>,
    ) -> Result<Self, WeightsError> {
        let index = PackIndex::new(header, metadata);
        let mut json = serde_json::to_vec(index.metadata())
            .map_err(|error| WeightsError::Container(error.to_string()))?;
        // Padded with spaces, as the format allows, so that the data start on a word of eight
        // bytes.
        json.resize(json.len().next_multiple_of(8), b' ');
        let mut head = (json.len() as u64).to_le_bytes().to_vec();
        head.append(&mut json);
        Ok(Self {
            index,
            head,
            bytes: data,
            data: 0,
        })
    }

    /// The file in two parts: its head and its data.
    pub fn file(&self) -> [&[u8]; 2] {
        [&self.head, &self.bytes[self.data..]]
    }

    /// The index of the tensors.
    pub fn index(&self) -> &PackIndex {
        &self.index
    }

    /// The pack's header.
    pub fn header(&self) -> &PackHeader {
        self.index.header()
    }

    /// Size of the file in bytes.
    pub fn size(&self) -> usize {
        self.file().map(<[u8]>::len).iter().sum()
    }

    /// Names of the tensors, scales and merges included.
    pub fn tensor_names(&self) -> Vec<String> {
        self.index.tensor_names()
    }

    /// A weight matrix `[rows, columns]` as stored.
    ///
    /// # Errors
    /// Those of [`PackIndex::matrix`].
    pub fn matrix(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<MatrixData<'_>, WeightsError> {
        let stored = self.index.matrix(name, rows, columns)?;
        let values = self.bytes(stored.values.clone());
        stored.data(values, self.bytes(stored.scales.clone()))
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
        Ok((0..rows)
            .flat_map(|row| (0..columns).map(move |column| data.value(row, column)))
            .collect())
    }

    /// A vector or small table of f32.
    ///
    /// # Errors
    /// Those of [`PackIndex::vector`], or [`WeightsError::NotFinite`].
    pub fn vector(&self, name: &str, shape: &[usize]) -> Result<&[f32], WeightsError> {
        finite_values(name, self.bytes(self.index.vector(name, shape)?))
    }

    /// The tokenizer's data.
    ///
    /// # Errors
    /// [`WeightsError::Missing`] or [`WeightsError::Type`].
    pub fn tokenizer(&self) -> Result<TokenizerData<'_>, WeightsError> {
        let bytes = self.bytes(self.index.tokenizer()?);
        self.index.tokenizer_data(bytes)
    }

    /// A range of the data. It comes from the index, which was checked against the data's length.
    pub(super) fn bytes(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[self.data..][range]
    }
}
