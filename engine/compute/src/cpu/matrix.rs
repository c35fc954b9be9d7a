//! Weight matrices in their stored type, laid out for the tile of sums.

use std::ops::Range;

use bytemuck::Pod;
use half::f16;
use half::slice::HalfFloatSliceExt;

use super::aligned::Aligned;
use crate::{MatrixData, MatrixValues};

/// A weight matrix `[rows, columns]` in its stored type.
///
/// Rows go in panels of `lanes`; a panel holds its rows' first values side by side, then their
/// second ones, so that a kernel reads `lanes` weights of one column at once; those of int8 in
/// groups of columns. What the last panel and the last group lack is zeros.
#[derive(Debug)]
pub struct Matrix {
    /// Output features.
    pub rows: usize,
    /// Input features.
    pub columns: usize,
    layout: Layout,
    values: Values,
}

/// How the instructions in use take weights.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Rows of a panel.
    pub lanes: usize,
    /// Columns of int8 that lie side by side.
    pub group: usize,
    /// The number of int8 columns is filled up to a multiple of this.
    pub multiple: usize,
    /// What each input of an int8 product is raised by.
    pub offset: i16,
}

/// Rows of an int8 matrix that are multiplied together.
pub struct Panel<'a> {
    /// Their values, as the layout says.
    pub values: &'a [i8],
    /// Of each row; the last panel may have fewer.
    pub scales: &'a [f32],
    /// What the sum of each row begins with.
    pub begin: &'a [i32],
}

#[derive(Debug)]
enum Values {
    Int8 {
        values: Aligned<i8>,
        scales: Vec<f32>,
        begin: Vec<i32>,
    },
    F16(Aligned<f16>),
    F32(Aligned<f32>),
}

impl Matrix {
    /// Lays out stored rows.
    pub fn new(data: MatrixData<'_>, layout: Layout) -> Self {
        let single = Layout {
            group: 1,
            multiple: 1,
            ..layout
        };
        let values = match data.values {
            MatrixValues::Int8 { values, scales } => Values::Int8 {
                values: panels(&data, values, layout),
                scales: scales.to_vec(),
                begin: begin(&data, values, layout.offset),
            },
            MatrixValues::F16(values) => Values::F16(panels(&data, values, single)),
            MatrixValues::F32(values) => Values::F32(panels(&data, values, single)),
        };
        Self {
            rows: data.rows,
            columns: data.columns,
            layout,
            values,
        }
    }

    /// Whether it is multiplied in whole numbers.
    pub fn is_int8(&self) -> bool {
        matches!(self.values, Values::Int8 { .. })
    }

    /// The panels of an int8 matrix; none of another.
    pub fn int8_panels<const LANES: usize>(&self) -> impl Iterator<Item = Panel<'_>> {
        debug_assert_eq!(LANES, self.layout.lanes);
        let (values, scales, begin): (&[i8], &[f32], &[i32]) = match &self.values {
            Values::Int8 {
                values,
                scales,
                begin,
            } => (values, scales, begin),
            Values::F16(_) | Values::F32(_) => (&[], &[], &[]),
        };
        let panel = self.columns.next_multiple_of(self.layout.multiple) * LANES;
        let rows = scales.chunks(LANES).zip(begin.chunks(LANES));
        let panels = values.chunks_exact(panel).zip(rows);
        panels.map(|(values, (scales, begin))| Panel {
            values,
            scales,
            begin,
        })
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
        debug_assert_eq!(LANES, self.layout.lanes);
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
        let Layout {
            lanes,
            group,
            multiple,
            ..
        } = self.layout;
        let lane = index % lanes;
        // What lies before the row's panel, and the row's values in it.
        let single = index / lanes * lanes * self.columns + lane;
        match &self.values {
            Values::Int8 { values, scales, .. } => {
                let panel = index / lanes * lanes * self.columns.next_multiple_of(multiple);
                let groups = values[panel..].chunks_exact(lanes * group);
                for (to, values) in row.chunks_mut(group).zip(groups) {
                    for (to, value) in to.iter_mut().zip(&values[lane * group..]) {
                        *to = f32::from(*value) * scales[index];
                    }
                }
            }
            Values::F16(values) => {
                let values = values[single..].iter().step_by(lanes);
                row.iter_mut()
                    .zip(values)
                    .for_each(|(to, value)| *to = value.to_f32());
            }
            Values::F32(values) => {
                let values = values[single..].iter().step_by(lanes);
                row.iter_mut()
                    .zip(values)
                    .for_each(|(to, value)| *to = *value);
            }
        }
    }
}

/// Panels of `layout.lanes` rows, with `layout.group` columns of a row side by side.
fn panels<T: Pod>(data: &MatrixData<'_>, values: &[T], layout: Layout) -> Aligned<T> {
    let lay_out = match layout.group {
        1 => groups::<T, 1>,
        2 => groups::<T, 2>,
        4 => groups::<T, 4>,
        8 => groups::<T, 8>,
        group => unreachable!("no instruction takes {group} columns"),
    };
    let Layout {
        lanes, multiple, ..
    } = layout;
    let panel = data.columns.next_multiple_of(multiple) * lanes;
    let mut laid_out = Aligned::zeros(data.rows.div_ceil(lanes) * panel);
    for (index, row) in values.chunks_exact(data.stride()).enumerate() {
        let start = index / lanes * panel + index % lanes * layout.group;
        lay_out(&row[..data.columns], lanes, &mut laid_out[start..]);
    }
    laid_out
}

/// Puts the groups of a row `lanes` groups apart. A group of a known length is moved by one load and
/// one store, and a model has tens of millions of them.
fn groups<T: Pod, const GROUP: usize>(row: &[T], lanes: usize, laid_out: &mut [T]) {
    let (whole, rest) = row.as_chunks::<GROUP>();
    let mut places = laid_out.chunks_mut(lanes * GROUP);
    for (from, to) in whole.iter().zip(&mut places) {
        if let Some(to) = to.first_chunk_mut() {
            *to = *from;
        }
    }
    if let (Some(to), false) = (places.next(), rest.is_empty()) {
        to[..rest.len()].copy_from_slice(rest);
    }
}

/// What takes back that each input is raised by `offset`. Sums may leave 32 bits on their way, so
/// this may too.
fn begin(data: &MatrixData<'_>, values: &[i8], offset: i16) -> Vec<i32> {
    if offset == 0 {
        return vec![0; data.rows];
    }
    let sum = |row: &[i8]| {
        row[..data.columns]
            .iter()
            .map(|value| i32::from(*value))
            .sum()
    };
    let rows = values.chunks_exact(data.stride());
    rows.map(|row| i32::wrapping_mul(sum(row), -i32::from(offset)))
        .collect()
}
