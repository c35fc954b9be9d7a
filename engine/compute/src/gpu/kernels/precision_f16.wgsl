// Piece of the products: staged operands and sums of four products in f16, further sums in f32.
// Weights are scaled below one, so no product leaves the range of f16 and int8 weights stay exact.
alias Quad = vec4<f16>;
alias Block = mat4x4<f16>;

const SUM_UNIT = WEIGHT_RANGE;
const LARGEST = vec4<f32>(16000.0);

fn narrow_input(values: vec4<f32>) -> Quad {
    return Quad(clamp(values, -LARGEST, LARGEST));
}

fn narrow_weights(values: vec4<f32>) -> Quad {
    return Quad(values * (1.0 / WEIGHT_RANGE));
}
