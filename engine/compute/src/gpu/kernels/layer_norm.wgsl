// Layer normalisation: each row to mean 0 and variance 1, then gain and bias.
// Inputs: [rows, width], gain [width], bias [width]. Output: [rows, width].
// Host constants: none.
//
// The variance takes a second pass over differences from the mean: the mean of squares minus the
// squared mean would cancel.
struct Sizes {
    rows: u32,
    width: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<f32>;
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

const EPSILON = 1e-5;

fn compute(row: u32, lane: u32) {
    let start = row * sizes.width;
    let first = first_column(lane);
    var sum = 0.0;
    for (var column = first; column < sizes.width; column += COLUMN_STEP) {
        sum += values[start + column];
    }
    let mean = row_sum(sum, lane) / f32(sizes.width);
    var squares = 0.0;
    for (var column = first; column < sizes.width; column += COLUMN_STEP) {
        let difference = values[start + column] - mean;
        squares += difference * difference;
    }
    let deviation = sqrt(row_sum(squares, lane) / f32(sizes.width) + EPSILON);
    for (var column = first; column < sizes.width; column += COLUMN_STEP) {
        let index = start + column;
        output[index] = (values[index] - mean) / deviation * gain[column] + bias[column];
    }
}
