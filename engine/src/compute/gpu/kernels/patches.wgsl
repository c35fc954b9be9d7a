// Square patches of a picture, row by row, each flattened with its channels last.
struct Sizes {
    count: u32,
    size: u32,
    channels: u32,
    side: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

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
    let across = sizes.size / sizes.side;
    let channel = index % sizes.channels;
    let pixel = index / sizes.channels;
    let right = pixel % sizes.side;
    let down = (pixel / sizes.side) % sizes.side;
    let tile = pixel / (sizes.side * sizes.side);
    let x = (tile % across) * sizes.side + right;
    let y = (tile / across % across) * sizes.side + down;
    let picture = tile / (across * across);
    output[index] = values[((picture * sizes.size + y) * sizes.size + x) * sizes.channels + channel];
}
