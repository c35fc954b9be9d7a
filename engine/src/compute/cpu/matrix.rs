//! Weight matrices in their stored type, laid out for the tile of sums.

use std::ops::Range;

use half::f16;
use half::slice::HalfFloatSliceExt;

#[cfg(target_arch = "wasm32")]
use super::relaxed_simd;
use crate::compute::{MatrixData, MatrixValues};

/// A weight matrix `[rows, columns]` in its stored type.
///
/// Rows go in panels of `lanes`; a panel holds its rows' first values side by side, then their
/// second ones, so that a kernel reads `lanes` weights of one column at once; those of int8 in groups
/// of columns. The last panel, and the last group, are filled up with zeros.
#[derive(Debug)]
pub struct Matrix {
    /// Output features.
    pub rows: usize,
    /// Input features.
    pub columns: usize,
    lanes: usize,
    values: Values,
}

/// The layout of an int8 matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    /// Two columns of a row side by side.
    Pairs,
    /// Four columns of a row side by side, and in front of each panel what `relaxed_simd` puts there.
    #[cfg(target_arch = "wasm32")]
    Halves,
}

impl Whole {
    /// Columns of a row that lie side by side.
    pub fn group(self) -> usize {
        match self {
            Self::Pairs => 2,
            #[cfg(target_arch = "wasm32")]
            Self::Halves => relaxed_simd::GROUP,
        }
    }

    /// Bytes of each row in front of its panel.
    fn front(self) -> usize {
        match self {
            Self::Pairs => 0,
            #[cfg(target_arch = "wasm32")]
            Self::Halves => relaxed_simd::GROUP,
        }
    }
}

/// The values of an int8 matrix.
#[derive(Debug)]
pub struct WholeNumbers {
    /// How they are laid out.
    pub layout: Whole,
    /// All panels.
    pub values: Vec<i8>,
    /// The scale of each row.
    pub scales: Vec<f32>,
}

#[derive(Debug)]
enum Values {
    Int8(WholeNumbers),
    F16(Vec<f16>),
    F32(Vec<f32>),
}

impl Matrix {
    /// Lays out stored rows for tiles of `lanes` columns.
    pub fn new(data: MatrixData<'_>, lanes: usize, whole: Whole) -> Self {
        let values = match data.values {
            MatrixValues::Int8 { values, scales } => Values::Int8(WholeNumbers {
                layout: whole,
                values: whole_panels(&data, values, lanes, whole),
                scales: scales.to_vec(),
            }),
            MatrixValues::F16(values) => Values::F16(panels(&data, values, f16::ZERO, lanes, 1, 0)),
            MatrixValues::F32(values) => Values::F32(panels(&data, values, 0.0, lanes, 1, 0)),
        };
        Self {
            rows: data.rows,
            columns: data.columns,
            lanes,
            values,
        }
    }

    /// The values of an int8 matrix.
    pub fn whole_numbers(&self) -> Option<&WholeNumbers> {
        match &self.values {
            Values::Int8(whole) => Some(whole),
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
            Values::Int8(_) => unreachable!("int8 matrices are multiplied in whole numbers"),
        }
    }

    /// Writes one row, in f32.
    pub fn row(&self, index: usize, row: &mut [f32]) {
        let place = |column: usize, group: usize, front: usize| {
            let panel = front + self.columns.next_multiple_of(group);
            let start = (index / self.lanes * panel + front) * self.lanes;
            start + (column / group * self.lanes + index % self.lanes) * group + column % group
        };
        let cells = row.iter_mut().enumerate();
        match &self.values {
            Values::Int8(whole) => {
                let (group, front) = (whole.layout.group(), whole.layout.front());
                cells.for_each(|(column, to)| {
                    let value = whole.values[place(column, group, front)];
                    *to = f32::from(value) * whole.scales[index];
                });
            }
            Values::F16(values) => {
                cells.for_each(|(column, to)| *to = values[place(column, 1, 0)].to_f32());
            }
            Values::F32(values) => cells.for_each(|(column, to)| *to = values[place(column, 1, 0)]),
        }
    }
}

/// Panels of int8.
fn whole_panels(data: &MatrixData<'_>, values: &[i8], lanes: usize, layout: Whole) -> Vec<i8> {
    let (group, front) = (layout.group(), layout.front());
    match layout {
        Whole::Pairs => panels(data, values, 0, lanes, group, front),
        #[cfg(target_arch = "wasm32")]
        Whole::Halves => {
            let mut laid_out = panels(data, values, 0, lanes, group, front);
            let panel = (front + data.columns.next_multiple_of(group)) * lanes;
            laid_out
                .chunks_exact_mut(panel)
                .for_each(relaxed_simd::begin);
            laid_out
        }
    }
}

/// Panels of `lanes` rows, with `group` columns of a row side by side, and room for `front` values
/// a row before them.
fn panels<T: Copy>(
    data: &MatrixData<'_>,
    values: &[T],
    zero: T,
    lanes: usize,
    group: usize,
    front: usize,
) -> Vec<T> {
    let panel = (front + data.columns.next_multiple_of(group)) * lanes;
    let mut laid_out = vec![zero; data.rows.div_ceil(lanes) * panel];
    for (index, row) in values.chunks_exact(data.stride()).enumerate() {
        let start = index / lanes * panel + front * lanes + index % lanes * group;
        for (column, value) in row[..data.columns].iter().enumerate() {
            laid_out[start + column / group * lanes * group + column % group] = *value;
        }
    }
    laid_out
}
