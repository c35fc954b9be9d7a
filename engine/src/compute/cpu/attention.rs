//! Scaled dot-product attention, a block of queries at a time.

use super::activation::exp;
use super::gemm::accumulate;
use super::instructions::Kernel;
use super::integer_product::IntegerProduct;
use super::norm::sum;

/// Queries whose scores exist at once.
const QUERIES: usize = 48;

/// Attention of each batch element and head over `qkv` `[batch, sequence, 3 × width]`.
pub struct Attention<'a> {
    /// Query, key and value side by side.
    pub qkv: &'a [f32],
    /// Positions of each batch element.
    pub sequence: usize,
    /// Values of a query: all heads together.
    pub width: usize,
    /// Heads.
    pub heads: usize,
    /// Whether a position sees only itself and those before it.
    pub causal: bool,
    /// `[batch, sequence, width]`.
    pub y: &'a mut [f32],
}

impl Kernel for Attention<'_> {
    #[inline(always)]
    fn run<const FUSED: bool, const ROWS: usize, const LANES: usize, D: IntegerProduct<LANES>>(
        self,
    ) {
        let Self {
            qkv,
            sequence,
            width,
            heads,
            causal,
            y,
        } = self;
        let stride = 3 * width;
        let depth = width / heads;
        let scale = 1.0 / (depth as f32).sqrt();
        let key_panels = sequence.div_ceil(LANES);
        let value_panels = depth.div_ceil(LANES);
        let mut keys = vec![[0.0; LANES]; key_panels * depth];
        let mut values = vec![[0.0; LANES]; value_panels * sequence];
        let mut scores = vec![0.0; QUERIES.min(sequence) * sequence];
        let mut sums = vec![[0.0; LANES]; QUERIES.min(sequence)];
        let elements = qkv.chunks_exact(sequence * stride);
        for (qkv, y) in elements.zip(y.chunks_exact_mut(sequence * width)) {
            for head in 0..heads {
                let offset = head * depth;
                pack_keys(&qkv[width + offset..], stride, sequence, depth, &mut keys);
                pack_values(
                    &qkv[2 * width + offset..],
                    stride,
                    sequence,
                    depth,
                    &mut values,
                );
                for first in (0..sequence).step_by(QUERIES) {
                    let queries = QUERIES.min(sequence - first);
                    // A causal block sees nothing after its last query.
                    let seen = if causal { first + queries } else { sequence };
                    let scores = &mut scores[..queries * seen];
                    let sums = &mut sums[..queries];
                    let query = &qkv[first * stride + offset..];
                    for (index, panel) in keys.chunks_exact(depth).enumerate() {
                        let column = index * LANES;
                        if column >= seen {
                            break;
                        }
                        sums.fill([0.0; LANES]);
                        accumulate::<FUSED, ROWS, LANES>(query, stride, panel, sums);
                        for (row, sums) in scores.chunks_exact_mut(seen).zip(&*sums) {
                            copy_some(sums, &mut row[column..]);
                        }
                    }
                    for (row, scores) in scores.chunks_exact_mut(seen).enumerate() {
                        let visible = if causal { first + row + 1 } else { seen };
                        let (visible, hidden) = scores.split_at_mut(visible);
                        softmax::<FUSED>(visible, scale);
                        hidden.fill(0.0);
                    }
                    for (index, panel) in values.chunks_exact(sequence).enumerate() {
                        let column = index * LANES;
                        sums.fill([0.0; LANES]);
                        accumulate::<FUSED, ROWS, LANES>(scores, seen, &panel[..seen], sums);
                        for (row, sums) in sums.iter().enumerate() {
                            let start = (first + row) * width + offset;
                            copy_some(sums, &mut y[start + column..start + depth]);
                        }
                    }
                }
            }
        }
    }
}

/// Lays out keys so that `LANES` of them are summed at once: `[sequence / LANES, depth, LANES]`.
#[inline(always)]
fn pack_keys<const LANES: usize>(
    keys: &[f32],
    stride: usize,
    sequence: usize,
    depth: usize,
    panels: &mut [[f32; LANES]],
) {
    for position in 0..sequence {
        let key = &keys[position * stride..][..depth];
        let panel = &mut panels[position / LANES * depth..][..depth];
        for (column, value) in panel.iter_mut().zip(key) {
            column[position % LANES] = *value;
        }
    }
}

/// Lays out values so that `LANES` channels are summed at once: `[depth / LANES, sequence, LANES]`.
#[inline(always)]
fn pack_values<const LANES: usize>(
    values: &[f32],
    stride: usize,
    sequence: usize,
    depth: usize,
    panels: &mut [[f32; LANES]],
) {
    for (index, panel) in panels.chunks_exact_mut(sequence).enumerate() {
        let column = index * LANES;
        let width = LANES.min(depth - column);
        for (position, lanes) in panel.iter_mut().enumerate() {
            lanes[..width].copy_from_slice(&values[position * stride + column..][..width]);
        }
    }
}

/// Writes as many of `lanes` as `to` holds.
#[inline(always)]
fn copy_some<const LANES: usize>(lanes: &[f32; LANES], to: &mut [f32]) {
    match to.first_chunk_mut() {
        Some(to) => *to = *lanes,
        None => to.copy_from_slice(&lanes[..to.len()]),
    }
}

/// Softmax of `scale × scores` in place.
#[inline(always)]
fn softmax<const FUSED: bool>(scores: &mut [f32], scale: f32) {
    let mut largest = f32::NEG_INFINITY;
    for score in scores.iter() {
        largest = if *score > largest { *score } else { largest };
    }
    for score in scores.iter_mut() {
        *score = exp::<FUSED>((*score - largest) * scale);
    }
    let factor = 1.0 / sum(scores, |score| score);
    scores.iter_mut().for_each(|score| *score *= factor);
}
