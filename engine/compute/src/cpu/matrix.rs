//! Weight matrices in their stored type, laid out for the kernels' tiles.

use std::ops::Range;

use bytemuck::Pod;
use half::f16;
use half::slice::HalfFloatSliceExt;

use super::aligned::Aligned;
use crate::{MatrixData, MatrixValues};

/// A weight matrix `[rows, columns]` in its stored type.
///
/// Rows are stored in panels of `lanes` rows. A panel is column-major, so a kernel reads `lanes`
/// weights of one column at once; int8 panels hold groups of columns instead. The last panel and
/// the last group are padded with zeros.
#[derive(Debug)]
pub struct Matrix {
    /// Output features.
    pub rows: usize,
    /// Input features.
    pub columns: usize,
    layout: Layout,
    values: Values,
}

/// The layout of weights for an instruction set.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Rows in a panel.
    pub lanes: usize,
    /// int8 columns of a row that are adjacent.
    pub group: usize,
    /// int8 columns are padded to a multiple of this.
    pub multiple: usize,
    /// Added to each input of an int8 product.
    pub offset: i16,
}

/// A panel of an int8 matrix.
pub struct Panel<'a> {
    /// The values, in the order of [`Layout`].
    pub values: &'a [i8],
    /// One per row; the last panel may have fewer.
    pub scales: &'a [f32],
    /// Initial sum of each row; cancels the layout's offset.
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
    /// Lays out a stored matrix.
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

    /// Whether it is multiplied in integers.
    pub fn is_int8(&self) -> bool {
        matches!(self.values, Values::Int8 { .. })
    }

    /// The panels of an int8 matrix; none for other types.
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

    /// Columns `range` of panel `index` of a floating-point matrix, one array per column. `scratch`
    /// holds them if the stored type is not f32.
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
        // Start of the row in the panels of a floating-point matrix.
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

/// Panels of `layout.lanes` rows, with `layout.group` adjacent columns of a row.
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

/// Writes the groups of a row `lanes` groups apart. `GROUP` is a constant so that a group is one
/// load and one store: a model has tens of millions of them.
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

/// Initial sums that cancel the `offset` of each input. Sums may overflow 32 bits on the way, so
/// these may too.
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
