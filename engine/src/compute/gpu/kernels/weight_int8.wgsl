// Weights of four signed bytes a word, least significant first, and one step size a row.
@group(0) @binding(2) var<storage, read> weights: array<u32>;
@group(0) @binding(3) var<storage, read> scales: array<f32>;

fn weight4(index: u32) -> vec4<f32> {
    let word = bitcast<i32>(weights[index]);
    return vec4<f32>((vec4<i32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u));
}

fn weight_scale(row: u32) -> f32 {
    return scales[row];
}
