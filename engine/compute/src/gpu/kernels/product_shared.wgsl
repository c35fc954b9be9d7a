// A workgroup computes GROUP_ROWS × 8 by GROUP_COLUMNS × 8 outputs, 8 × 8 an invocation, and
// stages STEP quads of each operand's columns in workgroup memory at a time, so that a value
// fetched once serves a whole side of the tile. Neighbouring invocations take neighbouring columns,
// so that what they read and write lies side by side.

const TILE = 8u;
const STEP = 4u;
// One quad more than a step, so that rows side by side lie in other banks.
const PITCH = STEP + 1u;
const TILE_ROWS = GROUP_ROWS * TILE;
const TILE_COLUMNS = GROUP_COLUMNS * TILE;
const INVOCATIONS = GROUP_ROWS * GROUP_COLUMNS;

var<workgroup> staged_input: array<Quad, TILE_ROWS * PITCH>;
var<workgroup> staged_weights: array<Quad, TILE_COLUMNS * PITCH>;

// Four weight rows, GROUP_COLUMNS apart; a row vector times this holds the dot product with each.
fn weights4x4(at: u32) -> Block {
    return Block(
        staged_weights[at],
        staged_weights[at + GROUP_COLUMNS * PITCH],
        staged_weights[at + 2u * GROUP_COLUMNS * PITCH],
        staged_weights[at + 3u * GROUP_COLUMNS * PITCH],
    );
}

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let first_column = group.x * TILE_COLUMNS;
    let first_row = (group.z * groups.y + group.y) * TILE_ROWS;
    let quads = sizes.inputs / 4u;

    // Row i; columns 0 to 3 in `a`, 4 to 7 in `b`. Written out, because an indexed array leaves the
    // registers on several drivers.
    var a0 = vec4<f32>(0.0);
    var a1 = vec4<f32>(0.0);
    var a2 = vec4<f32>(0.0);
    var a3 = vec4<f32>(0.0);
    var a4 = vec4<f32>(0.0);
    var a5 = vec4<f32>(0.0);
    var a6 = vec4<f32>(0.0);
    var a7 = vec4<f32>(0.0);
    var b0 = vec4<f32>(0.0);
    var b1 = vec4<f32>(0.0);
    var b2 = vec4<f32>(0.0);
    var b3 = vec4<f32>(0.0);
    var b4 = vec4<f32>(0.0);
    var b5 = vec4<f32>(0.0);
    var b6 = vec4<f32>(0.0);
    var b7 = vec4<f32>(0.0);
    for (var start = 0u; start < quads; start += STEP) {
        // Neighbouring lanes take neighbouring columns of one row. Surplus rows repeat the last
        // and are not written; surplus columns are zero.
        for (var slot = lane; slot < TILE_ROWS * STEP; slot += INVOCATIONS) {
            let quad = start + slot % STEP;
            var value = Quad();
            if (quad < quads) {
                let row = min(first_row + slot / STEP, sizes.rows - 1u);
                value = narrow_input(input4(input_row(row), input_column(quad)));
            }
            staged_input[slot / STEP * PITCH + slot % STEP] = value;
        }
        for (var slot = lane; slot < TILE_COLUMNS * STEP; slot += INVOCATIONS) {
            let quad = start + slot % STEP;
            var value = Quad();
            if (quad < quads) {
                let column = min(first_column + slot / STEP, sizes.outputs - 1u);
                value = narrow_weights(weight4(column * quads + quad));
            }
            staged_weights[slot / STEP * PITCH + slot % STEP] = value;
        }
        workgroupBarrier();
        for (var step = 0u; step < STEP; step++) {
            let right = local.x * PITCH + step;
            let left = local.y * PITCH + step;
            let wa = weights4x4(right);
            let wb = weights4x4(right + 4u * GROUP_COLUMNS * PITCH);
            let v0 = staged_input[left];
            a0 += vec4<f32>(v0 * wa);
            b0 += vec4<f32>(v0 * wb);
            let v1 = staged_input[left + GROUP_ROWS * PITCH];
            a1 += vec4<f32>(v1 * wa);
            b1 += vec4<f32>(v1 * wb);
            let v2 = staged_input[left + 2u * GROUP_ROWS * PITCH];
            a2 += vec4<f32>(v2 * wa);
            b2 += vec4<f32>(v2 * wb);
            let v3 = staged_input[left + 3u * GROUP_ROWS * PITCH];
            a3 += vec4<f32>(v3 * wa);
            b3 += vec4<f32>(v3 * wb);
            let v4 = staged_input[left + 4u * GROUP_ROWS * PITCH];
            a4 += vec4<f32>(v4 * wa);
            b4 += vec4<f32>(v4 * wb);
            let v5 = staged_input[left + 5u * GROUP_ROWS * PITCH];
            a5 += vec4<f32>(v5 * wa);
            b5 += vec4<f32>(v5 * wb);
            let v6 = staged_input[left + 6u * GROUP_ROWS * PITCH];
            a6 += vec4<f32>(v6 * wa);
            b6 += vec4<f32>(v6 * wb);
            let v7 = staged_input[left + 7u * GROUP_ROWS * PITCH];
            a7 += vec4<f32>(v7 * wa);
            b7 += vec4<f32>(v7 * wb);
        }
        workgroupBarrier();
    }
    let row = first_row + local.y;
    let column = first_column + local.x;
    // In a loop, for what finishes a sum is long and would else be compiled 64 times.
    var sums = array<vec4<f32>, TILE * TILE / 4u>(
        a0, b0,
        a1, b1,
        a2, b2,
        a3, b3,
        a4, b4,
        a5, b5,
        a6, b6,
        a7, b7,
    );
    for (var down = 0u; down < TILE; down++) {
        for (var part = 0u; part < TILE / 4u; part++) {
            let four = sums[down * (TILE / 4u) + part] * SUM_UNIT;
            let first = column + part * 4u * GROUP_COLUMNS;
            finish(row + down * GROUP_ROWS, first, four.x);
            finish(row + down * GROUP_ROWS, first + GROUP_COLUMNS, four.y);
            finish(row + down * GROUP_ROWS, first + 2u * GROUP_COLUMNS, four.z);
            finish(row + down * GROUP_ROWS, first + 3u * GROUP_COLUMNS, four.w);
        }
    }
}
