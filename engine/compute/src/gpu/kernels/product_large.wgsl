// Product (product_sizes.wgsl) with 8 × 8 outputs per invocation.
const TILE = 8u;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let first_column = group.x * TILE_COLUMNS;
    let first_row = (group.z * groups.y + group.y) * TILE_ROWS;

    // Row i; columns 0 to 3 in `a`, 4 to 7 in `b`. Not an array, because several drivers move an
    // indexed array out of the registers.
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
    for (var start = 0u; start < units(); start += STEP) {
        stage(first_row, first_column, start, lane);
        workgroupBarrier();
        for (var step = 0u; step < STEP; step++) {
            let right = local.x * PITCH + step;
            let left = local.y * PITCH + step;
            let wa = weight_block(right);
            let wb = weight_block(right + 4u * COLUMN_PITCH);
            let v0 = staged_input[left];
            a0 += block_product(v0, wa);
            b0 += block_product(v0, wb);
            let v1 = staged_input[left + ROW_PITCH];
            a1 += block_product(v1, wa);
            b1 += block_product(v1, wb);
            let v2 = staged_input[left + 2u * ROW_PITCH];
            a2 += block_product(v2, wa);
            b2 += block_product(v2, wb);
            let v3 = staged_input[left + 3u * ROW_PITCH];
            a3 += block_product(v3, wa);
            b3 += block_product(v3, wb);
            let v4 = staged_input[left + 4u * ROW_PITCH];
            a4 += block_product(v4, wa);
            b4 += block_product(v4, wb);
            let v5 = staged_input[left + 5u * ROW_PITCH];
            a5 += block_product(v5, wa);
            b5 += block_product(v5, wb);
            let v6 = staged_input[left + 6u * ROW_PITCH];
            a6 += block_product(v6, wa);
            b6 += block_product(v6, wb);
            let v7 = staged_input[left + 7u * ROW_PITCH];
            a7 += block_product(v7, wa);
            b7 += block_product(v7, wb);
        }
        workgroupBarrier();
    }
    let row = first_row + local.y;
    let column = first_column + local.x;
    // A loop, because `finish` is long and would otherwise be compiled 64 times.
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
            let first = column + part * 4u * GROUP_COLUMNS;
            finish4(row + down * GROUP_ROWS, first, sums[down * (TILE / 4u) + part]);
        }
    }
}
