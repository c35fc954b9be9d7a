// Divides each row by its Euclidean norm.
// Input and output: [rows, width].
// Host constants: none.
struct Sizes {
    rows: u32,
    width: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

// Keeps a row of zeros at zero.
const SMALLEST_NORM = 1e-12;

fn compute(row: u32, lane: u32) {
    let start = row * sizes.width;
    let first = first_column(lane);
    var squares = 0.0;
    for (var column = first; column < sizes.width; column += COLUMN_STEP) {
        let value = values[start + column];
        squares += value * value;
    }
    let norm = max(sqrt(row_sum(squares, lane)), SMALLEST_NORM);
    for (var column = first; column < sizes.width; column += COLUMN_STEP) {
        output[start + column] = values[start + column] / norm;
    }
}
