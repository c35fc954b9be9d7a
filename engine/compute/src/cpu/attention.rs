//! Scaled dot-product attention, a block of queries at a time.

use super::activation::exp;
use super::gemm::accumulate;
use super::instruction_set::Kernel;
use super::instruction_set::integer_product::IntegerProduct;
use super::norm::{fold, sum};

/// Queries in a block.
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
        // Rows of whole panels, so that loops over them have no remainder.
        let mut scores = vec![[0.0; LANES]; QUERIES.min(sequence) * key_panels];
        let mut sums = vec![[0.0; LANES]; QUERIES.min(sequence)];
        let mut factors = [0.0; QUERIES];
        let elements = qkv.chunks_exact(sequence * stride);
        for (qkv, y) in elements.zip(y.chunks_exact_mut(sequence * width)) {
            for head in 0..heads {
                let offset = head * depth;
                let [key, value] = [1, 2].map(|part| &qkv[part * width + offset..]);
                pack_keys(key, stride, sequence, depth, &mut keys);
                pack_values(value, stride, sequence, depth, &mut values);
                for first in (0..sequence).step_by(QUERIES) {
                    let queries = QUERIES.min(sequence - first);
                    // A causal block sees nothing after its last query.
                    let seen = if causal { first + queries } else { sequence };
                    let panels = seen.div_ceil(LANES);
                    let scores = &mut scores[..queries * panels];
                    let sums = &mut sums[..queries];
                    let query = &qkv[first * stride + offset..];
                    for (index, panel) in keys.chunks_exact(depth).take(panels).enumerate() {
                        sums.fill([0.0; LANES]);
                        accumulate::<FUSED, ROWS, LANES>(query, stride, panel, sums);
                        for (row, sums) in scores.chunks_exact_mut(panels).zip(&*sums) {
                            row[index] = *sums;
                        }
                    }
                    let rows = scores.chunks_exact_mut(panels).zip(&mut factors);
                    for (row, (scores, factor)) in rows.enumerate() {
                        let visible = if causal { first + row + 1 } else { seen };
                        *factor = softmax::<FUSED, LANES>(scores, visible, scale);
                    }
                    let weights = scores.as_flattened();
                    for (index, panel) in values.chunks_exact(sequence).enumerate() {
                        let column = index * LANES;
                        let panel = &panel[..seen];
                        sums.fill([0.0; LANES]);
                        accumulate::<FUSED, ROWS, LANES>(weights, panels * LANES, panel, sums);
                        for (row, (sums, factor)) in sums.iter().zip(&factors).enumerate() {
                            let start = (first + row) * width + offset;
                            let y = &mut y[start + column..start + depth];
                            y.iter_mut()
                                .zip(sums)
                                .for_each(|(y, sum)| *y = sum * factor);
                        }
                    }
                }
            }
        }
    }
}

/// Lays out keys so that `LANES` of them are summed at once: `[sequence / LANES, depth, LANES]`.
/// The last panel is padded with zeros.
#[inline(always)]
fn pack_keys<const LANES: usize>(
    keys: &[f32],
    stride: usize,
    sequence: usize,
    depth: usize,
    panels: &mut [[f32; LANES]],
) {
    // Squares of this side are transposed in registers, to avoid a small store for each value.
    const SIDE: usize = 4;
    let first_of_rest = depth / SIDE * SIDE;
    for (index, panel) in panels.chunks_exact_mut(depth).enumerate() {
        for lane in (0..LANES).step_by(SIDE) {
            let position = index * LANES + lane;
            let lanes = lane..lane + SIDE;
            let rows: [&[f32]; SIDE] = std::array::from_fn(|row| {
                let position = (position + row).min(sequence - 1);
                &keys[position * stride..][..depth]
            });
            if position + SIDE <= sequence {
                let [a, b, c, d] = rows.map(|row| row.as_chunks::<SIDE>().0);
                let squares = panel.as_chunks_mut::<SIDE>().0;
                for ((((square, a), b), c), d) in squares.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                    for column in 0..SIDE {
                        let turned = [a[column], b[column], c[column], d[column]];
                        square[column][lanes.clone()].copy_from_slice(&turned);
                    }
                }
                for (to, column) in panel[first_of_rest..].iter_mut().zip(first_of_rest..) {
                    to[lanes.clone()].copy_from_slice(&rows.map(|row| row[column]));
                }
            } else {
                panel.iter_mut().for_each(|to| to[lanes.clone()].fill(0.0));
                for (row, values) in rows
                    .iter()
                    .enumerate()
                    .take(sequence.saturating_sub(position))
                {
                    for (to, value) in panel.iter_mut().zip(*values) {
                        to[lane + row] = *value;
                    }
                }
            }
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

/// Softmax of the first `visible` scores times `scale`, except for the division: returns the factor
/// that makes the sum 1. The scores after them become zeros.
#[inline(always)]
fn softmax<const FUSED: bool, const LANES: usize>(
    scores: &mut [[f32; LANES]],
    visible: usize,
    scale: f32,
) -> f32 {
    scores.as_flattened_mut()[visible..].fill(f32::NEG_INFINITY);
    let mut most = [i32::MIN; LANES];
    for scores in &*scores {
        for (most, score) in most.iter_mut().zip(scores) {
            *most = ordered(score.to_bits() as i32).max(*most);
        }
    }
    let largest = f32::from_bits(ordered(fold(most, i32::max)) as u32);
    for scores in &mut *scores {
        for score in scores {
            *score = exp::<FUSED>((*score - largest) * scale);
        }
    }
    scores.as_flattened_mut()[visible..].fill(0.0);
    1.0 / sum(scores.as_flattened(), |score| score)
}

/// Maps the bits of a float to an integer of the same order, and back: WebAssembly has no
/// comparison of floats that LLVM would vectorise here.
#[inline(always)]
fn ordered(bits: i32) -> i32 {
    bits ^ ((bits >> 31) & i32::MAX)
}
