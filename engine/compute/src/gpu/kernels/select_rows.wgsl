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

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = flat_index(group, groups, lane);
    if (index >= sizes.count) {
        return;
    }
    let row = min(rows[index / sizes.width], sizes.rows - 1u);
    output[index] = values[row * sizes.width + index % sizes.width];
}
