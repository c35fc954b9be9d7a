// Piece of layer_norm and l2_normalize: one workgroup per row, with LANES invocations that stride
// over its columns.
const LANES = 64u;
const COLUMN_STEP = LANES;

var<workgroup> partial: array<f32, LANES>;

fn row_of(group: u32, lane: u32) -> u32 {
    return group;
}

fn first_column(lane: u32) -> u32 {
    return lane;
}

// The sum of `value` over the row, always in the same order. Every invocation must call this.
fn row_sum(value: f32, lane: u32) -> f32 {
    partial[lane] = value;
    workgroupBarrier();
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
        if (lane < half) {
            partial[lane] += partial[lane + half];
        }
        workgroupBarrier();
    }
    let sum = partial[0];
    // The next call overwrites the sum.
    workgroupBarrier();
    return sum;
}
