// Heads of any width.
@group(0) @binding(1) var<storage, read> values: array<f32>;

fn head4(start: u32, quad: u32) -> vec4<f32> {
    var result = vec4<f32>(0.0);
    for (var lane = 0u; lane < min(4u, HEAD - quad * 4u); lane++) {
        result[lane] = values[start + quad * 4u + lane];
    }
    return result;
}
