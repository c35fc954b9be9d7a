// Product (product_sizes.wgsl) with 4 × 4 outputs per invocation, for products with so few outputs
// that larger tiles would leave most of the hardware idle.
const TILE = 4u;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let first_column = group.x * TILE_COLUMNS;
    let first_row = (group.z * groups.y + group.y) * TILE_ROWS;

    var a0 = vec4<f32>(0.0);
    var a1 = vec4<f32>(0.0);
    var a2 = vec4<f32>(0.0);
    var a3 = vec4<f32>(0.0);
    for (var start = 0u; start < units(); start += STEP) {
        stage(first_row, first_column, start, lane);
        workgroupBarrier();
        for (var step = 0u; step < STEP; step++) {
            let right = local.x * PITCH + step;
            let left = local.y * PITCH + step;
            let wa = weight_block(right);
            let v0 = staged_input[left];
            a0 += block_product(v0, wa);
            let v1 = staged_input[left + ROW_PITCH];
            a1 += block_product(v1, wa);
            let v2 = staged_input[left + 2u * ROW_PITCH];
            a2 += block_product(v2, wa);
            let v3 = staged_input[left + 3u * ROW_PITCH];
            a3 += block_product(v3, wa);
        }
        workgroupBarrier();
    }
    let row = first_row + local.y;
    let column = first_column + local.x;
    // A loop, as in product_large.wgsl.
    var sums = array<vec4<f32>, TILE * TILE / 4u>(
        a0,
        a1,
        a2,
        a3,
    );
    for (var down = 0u; down < TILE; down++) {
        finish4(row + down * GROUP_ROWS, column, sums[down]);
    }
}
