//! Pillow's antialiased resampling, bit for bit (Pillow `src/libImaging/Resample.c`). Only the
//! pixels of the centre square are computed: a picture 1 × 100,000 would be gigabytes if it were
//! resized whole.

use std::ops::Range;

use super::preprocessing::{Centering, Filter};
use super::samples::{RowChannels, Samples};

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

/// Resizes a picture and crops it to the square.
pub(super) fn resample(
    source: &Samples,
    [across, down]: [Axis; 2],
    filter: Filter,
    channels: RowChannels,
) -> ResizedPart {
    let (columns, rows) = (across.taps(filter), down.taps(filter));
    let passes = match source.channels(channels) {
        1 => passes::<1>,
        2 => passes::<2>,
        3 => passes::<3>,
        _ => passes::<4>,
    };
    // Pillow 13 starts vertically if that removes more than twice as many lines.
    let [less, shorter] = [across, down].map(|axis| axis.length as i64 - axis.resized as i64);
    let vertical_first = shorter > (2 * less).max(0);
    let samples = passes(source, &columns, &rows, channels, vertical_first);
    ResizedPart {
        columns: across.covered(),
        rows: down.covered(),
        samples,
    }
}

/// Runs both passes; each rounds to 8 bits. Source rows are accumulated as they are read, and not
/// stored, so a tall picture needs no more memory than a small one.
fn passes<const CHANNELS: usize>(
    source: &Samples,
    columns: &[Tap],
    rows: &[Tap],
    channels: RowChannels,
    vertical_first: bool,
) -> Vec<u8> {
    let narrow = |row: &[u8], narrow: &mut Vec<u8>| {
        for tap in columns {
            let pixels = row[tap.first * CHANNELS..].chunks_exact(CHANNELS);
            // Always four, because four sums are one vector even in code compiled for size.
            let mut sums = [HALF; 4];
            for (pixel, weight) in pixels.zip(&tap.weights) {
                let mut lanes = [0; 4];
                lanes[..CHANNELS].copy_from_slice(pixel);
                for (sum, value) in sums.iter_mut().zip(lanes) {
                    *sum += i32::from(value) * weight;
                }
            }
            narrow.extend(sums[..CHANNELS].iter().map(|sum| clip(*sum)));
        }
    };
    let length = match vertical_first {
        true => source.size().0 * CHANNELS,
        false => columns.len() * CHANNELS,
    };
    let mut sums = vec![HALF; rows.len() * length];
    let mut narrowed = Vec::with_capacity(length);
    let mut buffer = Vec::new();
    // Output rows that the source row adds to. Taps are in order, so both ends only increase.
    let mut reached = 0..0;
    for y in sources(rows) {
        while rows.get(reached.end).is_some_and(|tap| tap.first <= y) {
            reached.end += 1;
        }
        while rows[reached.start].end() <= y {
            reached.start += 1;
        }
        let mut row = source.row(y, channels, &mut buffer);
        if !vertical_first {
            narrowed.clear();
            narrow(row, &mut narrowed);
            row = &narrowed;
        }
        for output in reached.clone() {
            let weight = rows[output].weights[y - rows[output].first];
            for (sum, value) in sums[output * length..].iter_mut().zip(row) {
                *sum += i32::from(*value) * weight;
            }
        }
    }
    let lines: Vec<u8> = sums.into_iter().map(clip).collect();
    if !vertical_first {
        return lines;
    }
    let mut samples = Vec::with_capacity(rows.len() * columns.len() * CHANNELS);
    for line in lines.chunks_exact(length) {
        narrow(line, &mut samples);
    }
    samples
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
