// Token embedding: rows of a table in its stored type, plus positions.
// Inputs: ids [batch, sequence], table [rows, width] (weight_*.wgsl), positions [sequence, width].
// Output: [batch, sequence, width]; each invocation computes four columns.
// Host constants: none.
struct Sizes {
    count: u32,
    sequence: u32,
    width: u32,
    rows: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> ids: array<u32>;
@group(0) @binding(4) var<storage, read> positions: array<f32>;
@group(0) @binding(5) var<storage, read_write> output: array<f32>;

fn compute(index: u32) {
    let quads = (sizes.width + 3u) / 4u;
    let quad = index % quads;
    let token = index / quads;
    let row = min(ids[token], sizes.rows - 1u);
    let value = weight4(row * quads + quad) * weight_scale(row);
    let position = (token % sizes.sequence) * sizes.width;
    for (var column = quad * 4u; column < min(quad * 4u + 4u, sizes.width); column++) {
        output[token * sizes.width + column] = value[column % 4u] + positions[position + column];
    }
}
