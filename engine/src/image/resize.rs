//! Pillow's antialiased resampling, bit for bit (Pillow `src/libImaging/Resample.c`). Only the
//! pixels of the centre square are computed: a picture 1 × 100,000 would be gigabytes if it were
//! resized whole.

use std::ops::Range;

use super::preprocessing::{Centering, Filter};
use super::row::{GROUP, Weights, add_weighted, weighted_sum};
use super::samples::{RowChannels, Samples, StoredAxes};
use super::ycc::YccBuffers;

/// Fractional bits of a weight: 32 less 8 for the pixel and 2 for sign and overshoot.
const PRECISION_BITS: u32 = 32 - 8 - 2;

/// Up to this position, the nearest pixel is found by repeated addition as in Pillow, whose sums
/// differ from products in the last bit. Pillow holds no longer lines.
const MAX_SUMMED: i64 = 1 << 26;

/// One axis of a resize, and the part of it that the square shows.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    /// Pixels of the source.
    pub(super) length: usize,
    /// Pixels after the resize.
    pub(super) resized: u64,
    /// Pixels of the square.
    pub(super) size: usize,
    pub(super) centering: Centering,
}

/// The part of the square that the picture covers: samples `[rows, columns, channels]`.
pub(super) struct ResizedPart {
    pub(super) columns: Range<usize>,
    pub(super) rows: Range<usize>,
    pub(super) samples: Vec<u8>,
}

/// Resizes a picture, crops it to the square and turns it upright.
pub(super) fn resample(
    source: &Samples,
    [across, down]: [Axis; 2],
    filter: Filter,
    channels: RowChannels,
) -> ResizedPart {
    // Pillow 13 starts vertically if that removes more than twice as many lines.
    let [less, shorter] = [across, down].map(|axis| axis.length as i64 - axis.resized as i64);
    let vertical_first = shorter > (2 * less).max(0);
    // Pillow turns a picture first; here its axes are exchanged, which sums the same numbers.
    let axes = source.axes();
    let mut taps = [across, down].map(|axis| axis.taps(filter));
    if axes.swapped {
        taps.reverse();
    }
    let sides = [source.stored.0, source.stored.1];
    for ((taps, mirrored), side) in taps.iter_mut().zip(axes.mirrored).zip(sides) {
        if mirrored {
            taps.reverse();
            taps.iter_mut().for_each(|tap| tap.mirror(side));
        }
    }
    let lines = passes(source, &taps, channels, vertical_first != axes.swapped);
    let (columns, rows) = (across.covered(), down.covered());
    let samples = lines.upright(axes, [columns.len(), rows.len()]);
    ResizedPart {
        columns,
        rows,
        samples,
    }
}

/// Lines of a resized picture as it is stored: `[rows, channels, stride]`.
struct Lines {
    samples: Vec<u8>,
    channels: usize,
    stride: usize,
}

impl Lines {
    /// The upright picture's samples `[rows, columns, channels]`.
    fn upright(&self, axes: StoredAxes, [columns, rows]: [usize; 2]) -> Vec<u8> {
        let mut samples = Vec::with_capacity(rows * columns * self.channels);
        for y in 0..rows {
            for x in 0..columns {
                let (mut at, mut last) = ([x, y], [columns, rows]);
                if axes.swapped {
                    at.reverse();
                    last.reverse();
                }
                for ((at, mirrored), length) in at.iter_mut().zip(axes.mirrored).zip(last) {
                    if mirrored {
                        *at = length - 1 - *at;
                    }
                }
                let first = at[1] * self.channels * self.stride + at[0];
                let pixel =
                    (0..self.channels).map(|channel| self.samples[first + channel * self.stride]);
                samples.extend(pixel);
            }
        }
        samples
    }
}

/// Runs both passes; each rounds to 8 bits. Source rows are accumulated as they are read, and not
/// stored, so a tall picture needs no more memory than a small one.
fn passes(
    source: &Samples,
    [columns, rows]: &[Vec<Tap>; 2],
    channels: RowChannels,
    vertical_first: bool,
) -> Lines {
    let channel_count = source.channels(channels);
    let read = sources(columns);
    let taps: Vec<(usize, Weights)> = columns
        .iter()
        .map(|tap| (tap.first - read.start, Weights::new(&tap.weights)))
        .collect();
    let narrow = |plane: &[u8], narrow: &mut [u8]| {
        for (sample, (first, weights)) in narrow.iter_mut().zip(&taps) {
            *sample = clip(HALF.wrapping_add(weighted_sum(&plane[*first..], weights)));
        }
    };
    let length = match vertical_first {
        true => read.len(),
        false => columns.len(),
    };
    // With the spare samples of a row that is summed.
    let stride = length + GROUP;
    let mut sums = vec![HALF; rows.len() * channel_count * stride];
    let mut planes = vec![vec![0; read.len() + GROUP]; channel_count];
    let mut narrowed = vec![0; columns.len()];
    let mut buffers = YccBuffers::default();
    // Output rows that the source row adds to. Taps are in order, so both ends only increase.
    let mut reached = 0..0;
    for y in sources(rows) {
        while rows.get(reached.end).is_some_and(|tap| tap.first <= y) {
            reached.end += 1;
        }
        while rows[reached.start].end() <= y {
            reached.start += 1;
        }
        source.read_row(y, read.clone(), channels, &mut planes, &mut buffers);
        for (channel, plane) in planes.iter().enumerate() {
            let line = match vertical_first {
                true => &plane[..length],
                false => {
                    narrow(plane, &mut narrowed);
                    &narrowed
                }
            };
            for output in reached.clone() {
                let weight = rows[output].weights[y - rows[output].first];
                let first = (output * channel_count + channel) * stride;
                add_weighted(&mut sums[first..][..length], line, weight);
            }
        }
    }
    let lines = Lines {
        samples: sums.into_iter().map(clip).collect(),
        channels: channel_count,
        stride,
    };
    if !vertical_first {
        return lines;
    }
    let mut samples = vec![0; rows.len() * channel_count * columns.len()];
    let narrowed = samples.chunks_exact_mut(columns.len().max(1));
    for (plane, narrowed) in lines.samples.chunks_exact(stride).zip(narrowed) {
        narrow(plane, narrowed);
    }
    Lines {
        samples,
        channels: channel_count,
        stride: columns.len(),
    }
}

const HALF: i32 = 1 << (PRECISION_BITS - 1);

fn clip(sum: i32) -> u8 {
    (sum >> PRECISION_BITS).clamp(0, 255) as u8
}

/// The source pixels and weights of one output pixel along an axis.
struct Tap {
    first: usize,
    weights: Vec<i32>,
}

impl Tap {
    fn end(&self) -> usize {
        self.first + self.weights.len()
    }

    /// The tap of the same pixels on an axis of this length that runs backwards.
    fn mirror(&mut self, length: usize) {
        self.first = length - self.end();
        self.weights.reverse();
    }
}

/// Source pixels that any tap reads. Taps are in order, so the first and the last bound them.
fn sources(taps: &[Tap]) -> Range<usize> {
    match (taps.first(), taps.last()) {
        (Some(first), Some(last)) => first.first..last.end(),
        _ => 0..0,
    }
}

impl Axis {
    /// Resized pixel at the square's edge; negative if the picture starts inside the square.
    fn offset(&self) -> i64 {
        let surplus = self.resized as i64 - self.size as i64;
        match self.centering {
            Centering::Down => surplus.div_euclid(2),
            Centering::HalfToEven if surplus < 0 => -(-surplus / 2),
            Centering::HalfToEven => {
                let half = surplus / 2;
                half + surplus % 2 * (half % 2)
            }
        }
    }

    /// Start and length of the square, as fractions of the picture.
    pub(super) fn square(&self) -> [f32; 2] {
        let fraction = |pixels: f64| (pixels / self.resized as f64) as f32;
        [fraction(self.offset() as f64), fraction(self.size as f64)]
    }

    /// Pixels of the square that the picture covers.
    fn covered(&self) -> Range<usize> {
        let first = -self.offset();
        let inside = |position: i64| position.clamp(0, self.size as i64) as usize;
        inside(first)..inside(first + self.resized as i64)
    }

    fn taps(&self, filter: Filter) -> Vec<Tap> {
        let first = self.offset().max(0);
        let outputs = first..first + self.covered().len() as i64;
        match filter {
            Filter::Nearest => self.nearest(outputs),
            filter => outputs.map(|output| self.tap(filter, output)).collect(),
        }
    }

    fn scale(&self) -> f64 {
        self.length as f64 / self.resized as f64
    }

    /// Pillow's `ImagingScaleAffine` (`src/libImaging/Geometry.c`), which adds up positions.
    fn nearest(&self, outputs: Range<i64>) -> Vec<Tap> {
        let scale = self.scale();
        let mut position = scale * 0.5;
        if outputs.start > MAX_SUMMED {
            position += scale * outputs.start as f64;
        } else {
            (0..outputs.start).for_each(|_| position += scale);
        }
        let taps = outputs.map(|_| {
            let first = (position as usize).min(self.length - 1);
            position += scale;
            let weights = vec![1 << PRECISION_BITS];
            Tap { first, weights }
        });
        taps.collect()
    }

    /// `precompute_coeffs` and `normalize_coeffs_8bpc` for one output pixel.
    fn tap(&self, filter: Filter, output: i64) -> Tap {
        let scale = self.scale();
        let stretch = scale.max(1.0);
        let support = filter.support() * stretch;
        let center = (output as f64 + 0.5) * scale;
        // Casts truncate towards zero and saturate, as the reference's bounds checks do.
        let first = (center - support + 0.5) as usize;
        let end = ((center + support + 0.5) as usize).min(self.length);
        let inverse = 1.0 / stretch;
        let weights: Vec<f64> = (first..end)
            .map(|x| filter.weight((x as f64 - center + 0.5) * inverse))
            .collect();
        let sum: f64 = weights.iter().sum();
        let fixed = |weight: f64| {
            let weight = if sum == 0.0 { weight } else { weight / sum };
            let scaled = weight * f64::from(1 << PRECISION_BITS);
            (scaled + 0.5f64.copysign(scaled)) as i32
        };
        Tap {
            first,
            weights: weights.into_iter().map(fixed).collect(),
        }
    }
}
