// Attention on software adapters, part one: shares = softmax(queries · keysᵀ / √HEAD).
// Input: as in attention.wgsl. Output: shares [batch, heads, sequence, sequence].
// Host constants: in attention_tile.wgsl.
//
// Each invocation multiplies TILE_QUERIES queries with TILE_KEYS keys in registers, for the reasons
// in product_register.wgsl. Shares go through memory, here the processor's cache, because the
// queries' sums of values do not fit the registers at the same time.
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

const TILE_KEYS = 8u;

// Quad `quad` of four keys. A row vector times this matrix is its product with each.
fn keys4x4(starts: vec4<u32>, quad: u32) -> mat4x4<f32> {
    return mat4x4<f32>(
        head4(starts.x, quad),
        head4(starts.y, quad),
        head4(starts.z, quad),
        head4(starts.w, quad),
    );
}

// Turns one row of scores into shares.
fn take_shares(row: u32, seen: u32, end: u32) {
    var largest = output[row];
    for (var key = 1u; key < seen; key++) {
        largest = max(largest, output[row + key]);
    }
    var total = 0.0;
    for (var key = 0u; key < seen; key++) {
        let share = exp(max(output[row + key] - largest, -80.0));
        total += share;
        output[row + key] = share;
    }
    let factor = 1.0 / total;
    for (var key = 0u; key < seen; key++) {
        output[row + key] *= factor;
    }
    // Keys that only later queries of the tile see.
    for (var key = seen; key < end; key++) {
        output[row + key] = 0.0;
    }
}

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    // Neighbouring invocations take neighbouring heads, so their loops have the same length.
    let tile = tile_of((group.y * groups.x + group.x) * LANES + lane);
    if (tile.batch >= sizes.batch) {
        return;
    }
    let first = start_of(tile);
    let pitch = pitch_of_rows();
    let keys = first + pitch / 3u;
    let last = sizes.sequence - 1u;
    let end = keys_of(tile);
    let q0 = first + tile.query * pitch;
    let q1 = first + min(tile.query + 1u, last) * pitch;
    let q2 = first + min(tile.query + 2u, last) * pitch;
    let q3 = first + min(tile.query + 3u, last) * pitch;
    let q4 = first + min(tile.query + 4u, last) * pitch;
    let q5 = first + min(tile.query + 5u, last) * pitch;
    let q6 = first + min(tile.query + 6u, last) * pitch;
    let q7 = first + min(tile.query + 7u, last) * pitch;
    let q8 = first + min(tile.query + 8u, last) * pitch;
    let q9 = first + min(tile.query + 9u, last) * pitch;
    let factor = 1.0 / sqrt(f32(HEAD));
    let row = shares_of(tile);
    for (var key = 0u; key < end; key += TILE_KEYS) {
        // Surplus keys and queries repeat the last and are not written.
        let four = vec4<u32>(key) + vec4<u32>(0u, 1u, 2u, 3u);
        let k0 = keys + min(four, vec4<u32>(last)) * pitch;
        let k1 = keys + min(four + 4u, vec4<u32>(last)) * pitch;
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
        for (var quad = 0u; quad < QUADS; quad++) {
            let ka = keys4x4(k0, quad);
            let kb = keys4x4(k1, quad);
            let v0 = head4(q0, quad);
            a0 += v0 * ka;
            b0 += v0 * kb;
            let v1 = head4(q1, quad);
            a1 += v1 * ka;
            b1 += v1 * kb;
            let v2 = head4(q2, quad);
            a2 += v2 * ka;
            b2 += v2 * kb;
            let v3 = head4(q3, quad);
            a3 += v3 * ka;
            b3 += v3 * kb;
            let v4 = head4(q4, quad);
            a4 += v4 * ka;
            b4 += v4 * kb;
            let v5 = head4(q5, quad);
            a5 += v5 * ka;
            b5 += v5 * kb;
            let v6 = head4(q6, quad);
            a6 += v6 * ka;
            b6 += v6 * kb;
            let v7 = head4(q7, quad);
            a7 += v7 * ka;
            b7 += v7 * kb;
            let v8 = head4(q8, quad);
            a8 += v8 * ka;
            b8 += v8 * kb;
            let v9 = head4(q9, quad);
            a9 += v9 * ka;
            b9 += v9 * kb;
        }
        var sums = array<vec4<f32>, TILE_QUERIES * TILE_KEYS / 4u>(
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
        for (var down = 0u; down < min(TILE_QUERIES, sizes.sequence - tile.query); down++) {
            for (var right = 0u; right < min(TILE_KEYS, end - key); right++) {
                let score = sums[down * 2u + right / 4u][right % 4u] * factor;
                output[row + down * sizes.sequence + key + right] = score;
            }
        }
    }
    for (var down = 0u; down < min(TILE_QUERIES, sizes.sequence - tile.query); down++) {
        let seen = select(sizes.sequence, tile.query + down + 1u, sizes.causal != 0u);
        take_shares(row + down * sizes.sequence, seen, end);
    }
}
