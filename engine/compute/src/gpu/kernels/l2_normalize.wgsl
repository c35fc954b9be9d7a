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

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = row_of(group.y * groups.x + group.x, lane);
    if (row >= sizes.rows) {
        return;
    }
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
