//! The planes of a JPEG: luma and two colour differences, which may have fewer samples.
//!
//! Rows are upsampled and converted when they are read, because a large picture as RGB takes twice
//! the memory, and most of its time is spent in moving it.

use std::ops::Range;

use super::row::{Rounding, add_rows, to_rgb, upsample};

/// Samples of luma for one of each colour difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subsampling {
    /// As many: 4:4:4.
    None,
    /// Two beside each other: 4:2:2.
    Across,
    /// Two by two: 4:2:0.
    Both,
}

/// A plane, and the length of its rows.
#[derive(Clone)]
pub(super) struct Plane {
    pub(super) samples: Vec<u8>,
    pub(super) stride: usize,
}

impl Plane {
    fn row(&self, y: usize) -> &[u8] {
        &self.samples[y * self.stride..][..self.stride]
    }
}

/// Luma, and the differences to blue and to red.
#[derive(Clone)]
pub(super) struct YccPlanes {
    pub(super) planes: [Plane; 3],
    pub(super) subsampling: Subsampling,
    /// Width and height of the picture in pixels.
    pub(super) size: (usize, usize),
}

/// Rows that are kept between reads, so that they are allocated once.
#[derive(Default)]
pub(super) struct YccBuffers {
    sums: Vec<u16>,
    differences: [Vec<u8>; 2],
}

impl YccPlanes {
    /// Narrower pictures are left to the decoder: libjpeg does not interpolate two samples.
    pub(super) const LEAST_WIDTH: usize = 8;

    /// Converts some columns of row `y` to RGB, the same as libjpeg's "fancy upsampling"
    /// (`jdsample.c`).
    pub(super) fn read_row(
        &self,
        y: usize,
        columns: Range<usize>,
        rgb: [&mut [u8]; 3],
        buffers: &mut YccBuffers,
    ) {
        let [luma, differences @ ..] = &self.planes;
        let luma = &luma.row(y)[columns.clone()];
        if self.subsampling == Subsampling::None {
            let [cb, cr] = differences
                .each_ref()
                .map(|plane| &plane.row(y)[columns.clone()]);
            return to_rgb(luma, [cb, cr], rgb);
        }
        // Samples of the differences that the columns are made from.
        let needed = columns.start / 2..columns.end.div_ceil(2);
        for (plane, doubled) in differences.iter().zip(&mut buffers.differences) {
            let rounding = self.sums(plane, y, needed.clone(), &mut buffers.sums);
            doubled.resize(2 * needed.len(), 0);
            upsample(&buffers.sums, rounding, doubled);
        }
        let first = columns.start - 2 * needed.start;
        let [cb, cr] = buffers
            .differences
            .each_ref()
            .map(|row| &row[first..][..luma.len()]);
        to_rgb(luma, [cb, cr], rgb);
    }

    /// The samples of row `y` before they are upsampled across, with a neighbour more at each end;
    /// at the edges it is the last sample again.
    fn sums(&self, plane: &Plane, y: usize, needed: Range<usize>, sums: &mut Vec<u16>) -> Rounding {
        let (width, height) = (self.size.0.div_ceil(2), self.size.1.div_ceil(2));
        sums.resize(needed.len() + 2, 0);
        let inside = needed.start.saturating_sub(1)..(needed.end + 1).min(width);
        let start = 1 + inside.start - needed.start;
        let end = start + inside.len();
        let rounding = match self.subsampling {
            Subsampling::Both => {
                let far = match y % 2 {
                    0 => (y / 2).saturating_sub(1),
                    _ => (y / 2 + 1).min(height - 1),
                };
                let [near, far] = [y / 2, far].map(|y| &plane.row(y)[inside.clone()]);
                add_rows(near, far, &mut sums[start..end]);
                Rounding {
                    shift: 4,
                    biases: [8, 7],
                }
            }
            _ => {
                for (sum, sample) in sums[start..end].iter_mut().zip(&plane.row(y)[inside]) {
                    *sum = u16::from(*sample);
                }
                Rounding {
                    shift: 2,
                    biases: [1, 2],
                }
            }
        };
        sums[0] = sums[start];
        let last = sums[end - 1];
        sums[end..].fill(last);
        rounding
    }
}
