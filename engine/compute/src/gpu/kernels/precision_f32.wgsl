// Piece of the products: staged operands and their products in f32.
alias Quad = vec4<f32>;
alias Block = mat4x4<f32>;

const SUM_UNIT = 1.0;

fn narrow_input(values: vec4<f32>) -> Quad {
    return values;
}

fn narrow_weights(values: vec4<f32>) -> Quad {
    return values;
}
