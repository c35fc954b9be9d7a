// What happens to a finished sum. RESIDUAL says where a second operand joins it.
@group(0) @binding(4) var<storage, read> bias: array<f32>;
@group(0) @binding(5) var<storage, read> residual: array<f32>;
@group(0) @binding(6) var<storage, read_write> output: array<f32>;

const BEFORE_ACTIVATION = 1u;
const AFTER_ACTIVATION = 2u;

// Does nothing beyond the edges of the output.
fn finish(row: u32, column: u32, sum: f32) {
    if (row >= sizes.rows || column >= sizes.outputs) {
        return;
    }
    let index = row * sizes.outputs + column;
    var value = sum * weight_scale(column);
    if (BIAS) {
        value += bias[column];
    }
    if (RESIDUAL == BEFORE_ACTIVATION) {
        value += residual[index];
    }
    value = activate(value);
    if (RESIDUAL == AFTER_ACTIVATION) {
        value += residual[index];
    }
    output[index] = value;
}
