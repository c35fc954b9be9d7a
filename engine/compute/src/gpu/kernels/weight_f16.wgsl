// Piece: `weight4` reads f16 weights, two per word. Unpacking them needs no shader-f16.
@group(0) @binding(2) var<storage, read> weights: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read> scales: array<f32>;

// Weights stay below this order of magnitude.
const WEIGHT_RANGE = 1.0;

fn weight4(index: u32) -> vec4<f32> {
    let words = weights[index];
    return vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y));
}

fn weight_scale(row: u32) -> f32 {
    return 1.0;
}
