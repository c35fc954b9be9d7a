// Piece of the attention kernels: `head4` for heads whose width is a multiple of four.
@group(0) @binding(1) var<storage, read> values: array<vec4<f32>>;

fn head4(start: u32, quad: u32) -> vec4<f32> {
    return values[start / 4u + quad];
}
