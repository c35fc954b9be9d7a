// Piece: `weight4` reads int8 weights, four per word, lowest byte first, with one scale per row.
@group(0) @binding(2) var<storage, read> weights: array<u32>;
@group(0) @binding(3) var<storage, read> scales: array<f32>;

// A product with a power of two moves each byte to the top of its word, and the scale divides by
// 2²⁴, exactly. Not a shift: SwiftShader has no shift of lanes, but sixteen instructions in its
// place, and hardware multiplies by shifting.
const TOP: i32 = -0x1000000;
// No value of `weight4` is larger.
const WEIGHT_RANGE = 2147483648.0;

fn weight4(index: u32) -> vec4<f32> {
    let word = bitcast<i32>(weights[index]);
    return vec4<f32>(
        f32(word * 0x1000000),
        f32((word * 0x10000) & TOP),
        f32((word * 0x100) & TOP),
        f32(word & TOP),
    );
}

fn weight_scale(row: u32) -> f32 {
    return scales[row] * (1.0 / f32(0x1000000));
}
