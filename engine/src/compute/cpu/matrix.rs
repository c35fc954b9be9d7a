//! Weight matrices in their stored type, laid out for the tile of sums.

use std::ops::Range;

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::compute::{MatrixData, MatrixValues};

/// A weight matrix `[rows, columns]` in its stored type.
///
/// Rows go in panels of `lanes`; a panel holds its rows' first values side by side, then their
/// second ones, so that a kernel reads `lanes` weights of one column at once; those of int8 in pairs
/// of columns. The last panel, and the last pair, are filled up with zeros.
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
                values: panels(&data, values, 0, lanes, 2),
                scales: scales.to_vec(),
            },
            MatrixValues::F16(values) => Values::F16(panels(&data, values, f16::ZERO, lanes, 1)),
            MatrixValues::F32(values) => Values::F32(panels(&data, values, 0.0, lanes, 1)),
        };
        Self {
            rows: data.rows,
            columns: data.columns,
            lanes,
            values,
        }
    }

    /// The values of an int8 matrix in their panels, and the scale of each row.
    pub fn whole_numbers(&self) -> Option<(&[i8], &[f32])> {
        match &self.values {
            Values::Int8 { values, scales } => Some((values, scales)),
            Values::F16(_) | Values::F32(_) => None,
        }
    }

    /// Columns `range` of panel `index` of a matrix of floating point, one array a column. `scratch`
    /// holds them where the stored type is not f32.
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
            Values::Int8 { .. } => unreachable!("int8 matrices are multiplied in whole numbers"),
        }
    }

    /// Writes one row, in f32.
    pub fn row(&self, index: usize, row: &mut [f32]) {
        let place = |column: usize, group: usize| {
            let panel = index / self.lanes * self.columns.next_multiple_of(group) * self.lanes;
            let lane = (column / group * self.lanes + index % self.lanes) * group;
            panel + lane + column % group
        };
        let cells = row.iter_mut().enumerate();
        match &self.values {
            Values::Int8 { values, scales } => cells.for_each(|(column, to)| {
                *to = f32::from(values[place(column, 2)]) * scales[index];
            }),
            Values::F16(values) => {
                cells.for_each(|(column, to)| *to = values[place(column, 1)].to_f32());
            }
            Values::F32(values) => cells.for_each(|(column, to)| *to = values[place(column, 1)]),
        }
    }
}

/// Panels of `lanes` rows, with `group` columns of a row side by side.
fn panels<T: Copy>(
    data: &MatrixData<'_>,
    values: &[T],
    zero: T,
    lanes: usize,
    group: usize,
) -> Vec<T> {
    let panel = data.columns.next_multiple_of(group) * lanes;
    let mut laid_out = vec![zero; data.rows.div_ceil(lanes) * panel];
    for (index, row) in values.chunks_exact(data.stride()).enumerate() {
        let start = index / lanes * panel + index % lanes * group;
        for (column, value) in row[..data.columns].iter().enumerate() {
            laid_out[start + column / group * lanes * group + column % group] = *value;
        }
    }
    laid_out
}
