// One workgroup a row, LANES invocations that stride over its columns.
const LANES = 64u;

var<workgroup> partial: array<f32, LANES>;

// The sum of `value` over the workgroup, in an order that is always the same. Every invocation
// must call it.
fn group_sum(value: f32, lane: u32) -> f32 {
    partial[lane] = value;
    workgroupBarrier();
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
        if (lane < half) {
            partial[lane] += partial[lane + half];
        }
        workgroupBarrier();
    }
    let sum = partial[0];
    // The next call writes over the sum.
    workgroupBarrier();
    return sum;
}
