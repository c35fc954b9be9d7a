// Piece of the products: `finish` scales a sum, adds the rest and writes it.
// Inputs: bias [outputs], residual [rows, outputs]. Output: [rows, outputs].
// Sizes: `residual` says where the residual is added: 0 (nowhere), or as named below.
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
    if (sizes.bias != 0u) {
        value += bias[column];
    }
    if (sizes.residual == BEFORE_ACTIVATION) {
        value += residual[index];
    }
    value = activate(value);
    if (sizes.residual == AFTER_ACTIVATION) {
        value += residual[index];
    }
    output[index] = value;
}
