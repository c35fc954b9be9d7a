// Piece of layer_norm and l2_normalize: the entry point. The kernel has `sizes.rows` and
// `compute(row, lane)`; row_in_*.wgsl says which invocations share a row.
@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let row = row_of(group.y * groups.x + group.x, lane);
    if (row < sizes.rows) {
        compute(row, lane);
    }
}
