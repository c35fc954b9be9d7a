// Gathers rows by index.
// Inputs: values [rows, width], rows [selected]. Output: [selected, width].
// Host constants: none.
struct Sizes {
    count: u32,
    rows: u32,
    width: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

fn compute(index: u32) {
    let row = min(rows[index / sizes.width], sizes.rows - 1u);
    output[index] = values[row * sizes.width + index % sizes.width];
}
