//! Weight matrices in their stored type, laid out for the tile of sums.

use std::ops::Range;

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::compute::{MatrixData, MatrixValues};

/// A weight matrix `[rows, columns]` in its stored type.
///
/// Rows go in panels of `lanes`; a panel holds its rows' first values side by side, then their
/// second ones, so that a kernel reads `lanes` weights of one column at once. The last panel is
/// filled up with zeros.
#[derive(Debug)]
pub struct Matrix {
    /// Output features.
    pub rows: usize,
    /// Input features.
    pub columns: usize,
    lanes: usize,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Int8 { values: Vec<i8>, scales: Vec<f32> },
    F16(Vec<f16>),
    F32(Vec<f32>),
}

impl Matrix {
    /// Lays out stored rows for tiles of `lanes` columns.
    pub fn new(data: MatrixData<'_>, lanes: usize) -> Self {
        let values = match data.values {
            MatrixValues::Int8 { values, scales } => Values::Int8 {
                values: panels(&data, values, 0, lanes),
                scales: scales.to_vec(),
            },
            MatrixValues::F16(values) => Values::F16(panels(&data, values, f16::ZERO, lanes)),
            MatrixValues::F32(values) => Values::F32(panels(&data, values, 0.0, lanes)),
        };
        Self {
            rows: data.rows,
            columns: data.columns,
            lanes,
            values,
        }
    }

    /// Columns `range` of panel `index`, one array a column. Values still lack their
    /// [`Matrix::scales`]. `scratch` holds them where the stored type is not f32.
    #[inline(always)]
    pub fn panel<'a, const LANES: usize>(
        &'a self,
        index: usize,
        range: Range<usize>,
        scratch: &'a mut [[f32; LANES]],
    ) -> &'a [[f32; LANES]] {
        debug_assert_eq!(LANES, self.lanes);
        let start = (index * self.columns + range.start) * LANES;
        let length = range.len() * LANES;
        match &self.values {
            Values::F32(values) => values[start..][..length].as_chunks().0,
            Values::F16(values) => {
                let scratch = &mut scratch[..range.len()];
                values[start..][..length].convert_to_f32_slice(scratch.as_flattened_mut());
                scratch
            }
            Values::Int8 { values, .. } => {
                let scratch = &mut scratch[..range.len()];
                let columns = values[start..][..length].as_chunks::<LANES>().0;
                for (to, from) in scratch.iter_mut().zip(columns) {
                    for (to, from) in to.iter_mut().zip(from) {
                        *to = f32::from(*from);
                    }
                }
                scratch
            }
        }
    }

    /// The factor of each row of panel `index`: its int8 step, 1 for the other types.
    #[inline(always)]
    pub fn scales<const LANES: usize>(&self, index: usize) -> [f32; LANES] {
        let mut factors = [1.0; LANES];
        if let Values::Int8 { scales, .. } = &self.values {
            let scales = &scales[index * LANES..];
            for (factor, scale) in factors.iter_mut().zip(scales) {
                *factor = *scale;
            }
        }
        factors
    }

    /// Writes one row, in f32.
    pub fn row(&self, index: usize, row: &mut [f32]) {
        let first = index / self.lanes * self.columns * self.lanes + index % self.lanes;
        let cells = (first..).step_by(self.lanes);
        match &self.values {
            Values::Int8 { values, scales } => {
                let scale = scales[index];
                row.iter_mut()
                    .zip(cells)
                    .for_each(|(to, at)| *to = f32::from(values[at]) * scale);
            }
            Values::F16(values) => {
                row.iter_mut()
                    .zip(cells)
                    .for_each(|(to, at)| *to = values[at].to_f32());
            }
            Values::F32(values) => row
                .iter_mut()
                .zip(cells)
                .for_each(|(to, at)| *to = values[at]),
        }
    }
}

fn panels<T: Copy>(data: &MatrixData<'_>, values: &[T], zero: T, lanes: usize) -> Vec<T> {
    let panel = data.columns * lanes;
    let mut laid_out = vec![zero; data.rows.div_ceil(lanes) * panel];
    for (index, row) in values.chunks_exact(data.stride()).enumerate() {
        let cells = laid_out[index / lanes * panel + index % lanes..]
            .iter_mut()
            .step_by(lanes);
        cells
            .zip(&row[..data.columns])
            .for_each(|(to, from)| *to = *from);
    }
    laid_out
}
