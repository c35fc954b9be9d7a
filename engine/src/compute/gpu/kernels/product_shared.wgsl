// A workgroup computes GROUP_ROWS × 4 by GROUP_COLUMNS × 4 outputs, 4 × 4 an invocation, and
// stages STEP quads of each operand's columns in workgroup memory at a time, so that a value
// fetched once serves a whole side of the tile.

const TILE = 4u;
const STEP = 4u;
const TILE_ROWS = GROUP_ROWS * TILE;
const TILE_COLUMNS = GROUP_COLUMNS * TILE;
const INVOCATIONS = GROUP_ROWS * GROUP_COLUMNS;

var<workgroup> staged_input: array<vec4<f32>, TILE_ROWS * STEP>;
var<workgroup> staged_weights: array<vec4<f32>, TILE_COLUMNS * STEP>;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let first_column = group.x * TILE_COLUMNS;
    let first_row = (group.z * groups.y + group.y) * TILE_ROWS;
    let quads = (sizes.inputs + 3u) / 4u;

    var sum0 = vec4<f32>(0.0);
    var sum1 = vec4<f32>(0.0);
    var sum2 = vec4<f32>(0.0);
    var sum3 = vec4<f32>(0.0);
    for (var start = 0u; start < quads; start += STEP) {
        // Neighbouring lanes take neighbouring columns of one row. Surplus rows repeat the last
        // and are not written; surplus columns are zero.
        for (var slot = lane; slot < TILE_ROWS * STEP; slot += INVOCATIONS) {
            let quad = start + slot % STEP;
            var value = vec4<f32>(0.0);
            if (quad < quads) {
                let row = min(first_row + slot / STEP, sizes.rows - 1u);
                value = input4(input_row(row), input_column(quad));
            }
            staged_input[slot] = value;
        }
        for (var slot = lane; slot < TILE_COLUMNS * STEP; slot += INVOCATIONS) {
            let quad = start + slot % STEP;
            var value = vec4<f32>(0.0);
            if (quad < quads) {
                let column = min(first_column + slot / STEP, sizes.outputs - 1u);
                value = weight4(column * quads + quad);
            }
            staged_weights[slot] = value;
        }
        workgroupBarrier();
        for (var step = 0u; step < STEP; step++) {
            // Four weight rows: a row vector times this holds the dot product with each.
            let right = local.x * TILE * STEP + step;
            let weights = mat4x4<f32>(
                staged_weights[right],
                staged_weights[right + STEP],
                staged_weights[right + 2u * STEP],
                staged_weights[right + 3u * STEP],
            );
            let left = local.y * TILE * STEP + step;
            sum0 += staged_input[left] * weights;
            sum1 += staged_input[left + STEP] * weights;
            sum2 += staged_input[left + 2u * STEP] * weights;
            sum3 += staged_input[left + 3u * STEP] * weights;
        }
        workgroupBarrier();
    }
    let row = first_row + local.y * TILE;
    let column = first_column + local.x * TILE;
    finish4(row, column, sum0);
    finish4(row + 1u, column, sum1);
    finish4(row + 2u, column, sum2);
    finish4(row + 3u, column, sum3);
}
