// One invocation an output; a dispatch too long for one dimension goes on in the second.
const LANES = 64u;

fn flat_index(group: vec3<u32>, groups: vec3<u32>, lane: u32) -> u32 {
    return (group.y * groups.x + group.x) * LANES + lane;
}
