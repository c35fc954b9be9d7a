// Pictures from 8-bit levels: each level becomes its entry in a table. The host computes the table,
// so the values are the CPU's to the bit.
// Inputs: levels [values], four a word; table [channels, 256].
// Output: [values], channels last; each invocation computes four.
// Host constants: none.
struct Sizes {
    count: u32,
    values: u32,
    channels: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> levels: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

fn compute(index: u32) {
    let word = levels[index];
    let first = index * 4u;
    for (var value = first; value < min(first + 4u, sizes.values); value++) {
        let level = (word >> ((value - first) * 8u)) & 255u;
        output[value] = table[value % sizes.channels * 256u + level];
    }
}
