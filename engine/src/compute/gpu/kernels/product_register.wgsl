// Each invocation computes 8 × 8 outputs in registers and shares nothing: on a software adapter,
// workgroup memory and barriers cost more than the loads they save.

const TILE = 8u;

// Four weight rows from `quad` on; a row vector times this holds the dot product with each.
fn weights4x4(starts: vec4<u32>, quad: u32) -> mat4x4<f32> {
    return mat4x4<f32>(
        weight4(starts.x + quad),
        weight4(starts.y + quad),
        weight4(starts.z + quad),
        weight4(starts.w + quad),
    );
}

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_id) local: vec3<u32>,
) {
    let column = (group.x * GROUP_COLUMNS + local.x) * TILE;
    let row = ((group.z * groups.y + group.y) * GROUP_ROWS + local.y) * TILE;
    if (row >= sizes.rows || column >= sizes.outputs) {
        return;
    }
    let quads = (sizes.inputs + 3u) / 4u;
    // Surplus rows and columns of an edge tile repeat the last and are not written.
    let last = sizes.outputs - 1u;
    let w0 = min(vec4<u32>(column) + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(last)) * quads;
    let w1 = min(vec4<u32>(column) + vec4<u32>(4u, 5u, 6u, 7u), vec4<u32>(last)) * quads;
    let x0 = input_row(row);
    let x1 = input_row(min(row + 1u, sizes.rows - 1u));
    let x2 = input_row(min(row + 2u, sizes.rows - 1u));
    let x3 = input_row(min(row + 3u, sizes.rows - 1u));
    let x4 = input_row(min(row + 4u, sizes.rows - 1u));
    let x5 = input_row(min(row + 5u, sizes.rows - 1u));
    let x6 = input_row(min(row + 6u, sizes.rows - 1u));
    let x7 = input_row(min(row + 7u, sizes.rows - 1u));

    // Row i, columns 0 to 3 in `a`, 4 to 7 in `b`. Written out, because an indexed array leaves
    // the registers on several drivers.
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
    for (var quad = 0u; quad < quads; quad++) {
        let at = input_column(quad);
        let wa = weights4x4(w0, quad);
        let wb = weights4x4(w1, quad);
        let v0 = input4(x0, at);
        a0 += v0 * wa;
        b0 += v0 * wb;
        let v1 = input4(x1, at);
        a1 += v1 * wa;
        b1 += v1 * wb;
        let v2 = input4(x2, at);
        a2 += v2 * wa;
        b2 += v2 * wb;
        let v3 = input4(x3, at);
        a3 += v3 * wa;
        b3 += v3 * wb;
        let v4 = input4(x4, at);
        a4 += v4 * wa;
        b4 += v4 * wb;
        let v5 = input4(x5, at);
        a5 += v5 * wa;
        b5 += v5 * wb;
        let v6 = input4(x6, at);
        a6 += v6 * wa;
        b6 += v6 * wb;
        let v7 = input4(x7, at);
        a7 += v7 * wa;
        b7 += v7 * wb;
    }
    finish4(row, column, a0);
    finish4(row, column + 4u, b0);
    finish4(row + 1u, column, a1);
    finish4(row + 1u, column + 4u, b1);
    finish4(row + 2u, column, a2);
    finish4(row + 2u, column + 4u, b2);
    finish4(row + 3u, column, a3);
    finish4(row + 3u, column + 4u, b3);
    finish4(row + 4u, column, a4);
    finish4(row + 4u, column + 4u, b4);
    finish4(row + 5u, column, a5);
    finish4(row + 5u, column + 4u, b5);
    finish4(row + 6u, column, a6);
    finish4(row + 6u, column + 4u, b6);
    finish4(row + 7u, column, a7);
    finish4(row + 7u, column + 4u, b7);
}
