// Piece: `flat_index` numbers the invocations. A dispatch that is too long for one dimension
// continues in the second.
const LANES = 64u;

fn flat_index(group: vec3<u32>, groups: vec3<u32>, lane: u32) -> u32 {
    return (group.y * groups.x + group.x) * LANES + lane;
}
