// Piece: `weight4` reads f32 weights.
@group(0) @binding(2) var<storage, read> weights: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> scales: array<f32>;

// Weights stay below this order of magnitude.
const WEIGHT_RANGE = 1.0;

fn weight4(index: u32) -> vec4<f32> {
    return weights[index];
}

fn weight_scale(row: u32) -> f32 {
    return 1.0;
}
