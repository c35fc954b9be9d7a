// Piece: the entry point of kernels whose invocations are independent. A dispatch that is too long for
// one dimension continues in the second. The kernel has `sizes.count` and `compute(index)`.
const LANES = 64u;

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = (group.y * groups.x + group.x) * LANES + lane;
    if (index < sizes.count) {
        compute(index);
    }
}
