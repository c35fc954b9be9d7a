// Attention on software adapters, part two: shares · values.
// Inputs: as in attention.wgsl, and shares [batch, heads, sequence, sequence].
// Output: [batch, sequence, heads × HEAD].
// Host constants: in attention_tile.wgsl.
//
// Each invocation computes TILE_QUERIES queries and eight channels.
@group(0) @binding(2) var<storage, read> shares: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

// Invocations that share a tile, each with two quads of channels.
const SLICES = (QUADS + 1u) / 2u;

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let index = (group.y * groups.x + group.x) * LANES + lane;
    let tile = tile_of(index / SLICES);
    if (tile.batch >= sizes.batch) {
        return;
    }
    let quad = index % SLICES * 2u;
    // A surplus quad repeats the last and is not written.
    let next = min(quad + 1u, QUADS - 1u);
    let pitch = pitch_of_rows();
    let values = start_of(tile) + pitch / 3u * 2u;
    let first = shares_of(tile);
    let last = sizes.sequence - 1u - tile.query;
    let end = keys_of(tile);
    let s0 = first;
    let s1 = first + min(1u, last) * sizes.sequence;
    let s2 = first + min(2u, last) * sizes.sequence;
    let s3 = first + min(3u, last) * sizes.sequence;
    let s4 = first + min(4u, last) * sizes.sequence;
    let s5 = first + min(5u, last) * sizes.sequence;
    let s6 = first + min(6u, last) * sizes.sequence;
    let s7 = first + min(7u, last) * sizes.sequence;
    let s8 = first + min(8u, last) * sizes.sequence;
    let s9 = first + min(9u, last) * sizes.sequence;
    var a0 = vec4<f32>(0.0);
    var a1 = vec4<f32>(0.0);
    var a2 = vec4<f32>(0.0);
    var a3 = vec4<f32>(0.0);
    var a4 = vec4<f32>(0.0);
    var a5 = vec4<f32>(0.0);
    var a6 = vec4<f32>(0.0);
    var a7 = vec4<f32>(0.0);
    var a8 = vec4<f32>(0.0);
    var a9 = vec4<f32>(0.0);
    var b0 = vec4<f32>(0.0);
    var b1 = vec4<f32>(0.0);
    var b2 = vec4<f32>(0.0);
    var b3 = vec4<f32>(0.0);
    var b4 = vec4<f32>(0.0);
    var b5 = vec4<f32>(0.0);
    var b6 = vec4<f32>(0.0);
    var b7 = vec4<f32>(0.0);
    var b8 = vec4<f32>(0.0);
    var b9 = vec4<f32>(0.0);
    for (var key = 0u; key < end; key++) {
        let at = values + key * pitch;
        let va = head4(at, quad);
        let vb = head4(at, next);
        let p0 = shares[s0 + key];
        a0 += p0 * va;
        b0 += p0 * vb;
        let p1 = shares[s1 + key];
        a1 += p1 * va;
        b1 += p1 * vb;
        let p2 = shares[s2 + key];
        a2 += p2 * va;
        b2 += p2 * vb;
        let p3 = shares[s3 + key];
        a3 += p3 * va;
        b3 += p3 * vb;
        let p4 = shares[s4 + key];
        a4 += p4 * va;
        b4 += p4 * vb;
        let p5 = shares[s5 + key];
        a5 += p5 * va;
        b5 += p5 * vb;
        let p6 = shares[s6 + key];
        a6 += p6 * va;
        b6 += p6 * vb;
        let p7 = shares[s7 + key];
        a7 += p7 * va;
        b7 += p7 * vb;
        let p8 = shares[s8 + key];
        a8 += p8 * va;
        b8 += p8 * vb;
        let p9 = shares[s9 + key];
        a9 += p9 * va;
        b9 += p9 * vb;
    }
    var sums = array<vec4<f32>, TILE_QUERIES * 2u>(
        a0, b0,
        a1, b1,
        a2, b2,
        a3, b3,
        a4, b4,
        a5, b5,
        a6, b6,
        a7, b7,
        a8, b8,
        a9, b9,
    );
    let width = pitch / 3u;
    let to = (tile.batch * sizes.sequence + tile.query) * width + tile.head * HEAD + quad * 4u;
    for (var down = 0u; down <= min(TILE_QUERIES - 1u, last); down++) {
        for (var right = 0u; right < min(8u, HEAD - quad * 4u); right++) {
            output[to + down * width + right] = sums[down * 2u + right / 4u][right % 4u];
        }
    }
}
