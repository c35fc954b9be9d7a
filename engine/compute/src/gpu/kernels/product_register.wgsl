// Product (product_sizes.wgsl) for software adapters: each invocation computes 10 × 12 outputs in
// registers and shares nothing.
//
// SwiftShader runs four invocations in one SIMD word. A load of a component takes four tests and
// four scalar loads, a barrier a change of fibres, and a shift by lanes sixteen instructions. So
// the tile is as large as still pays, there is no workgroup memory, and weights are unpacked
// without shifts.

const TILE_ROWS = 10u;
const TILE_COLUMNS = 12u;

// Quad `quad` of four weight rows. A row vector times this matrix is its product with each.
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
    let column = (group.x * GROUP_COLUMNS + local.x) * TILE_COLUMNS;
    let row = ((group.z * groups.y + group.y) * GROUP_ROWS + local.y) * TILE_ROWS;
    if (row >= sizes.rows || column >= sizes.outputs) {
        return;
    }
    let quads = sizes.inputs / 4u;
    // Surplus rows and columns of an edge tile repeat the last and are not written.
    let last_column = vec4<u32>(sizes.outputs - 1u);
    let columns = vec4<u32>(column) + vec4<u32>(0u, 1u, 2u, 3u);
    let w0 = min(columns, last_column) * quads;
    let w1 = min(columns + 4u, last_column) * quads;
    let w2 = min(columns + 8u, last_column) * quads;
    let last_row = sizes.rows - 1u;
    let x0 = input_row(row);
    let x1 = input_row(min(row + 1u, last_row));
    let x2 = input_row(min(row + 2u, last_row));
    let x3 = input_row(min(row + 3u, last_row));
    let x4 = input_row(min(row + 4u, last_row));
    let x5 = input_row(min(row + 5u, last_row));
    let x6 = input_row(min(row + 6u, last_row));
    let x7 = input_row(min(row + 7u, last_row));
    let x8 = input_row(min(row + 8u, last_row));
    let x9 = input_row(min(row + 9u, last_row));

    // Row i; columns 0 to 3 in `a`, 4 to 7 in `b`, 8 to 11 in `c`. No array, as in
    // product_large.wgsl.
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
    var c0 = vec4<f32>(0.0);
    var c1 = vec4<f32>(0.0);
    var c2 = vec4<f32>(0.0);
    var c3 = vec4<f32>(0.0);
    var c4 = vec4<f32>(0.0);
    var c5 = vec4<f32>(0.0);
    var c6 = vec4<f32>(0.0);
    var c7 = vec4<f32>(0.0);
    var c8 = vec4<f32>(0.0);
    var c9 = vec4<f32>(0.0);
    for (var quad = 0u; quad < quads; quad++) {
        let at = input_column(quad);
        let wa = weights4x4(w0, quad);
        let wb = weights4x4(w1, quad);
        let wc = weights4x4(w2, quad);
        let v0 = input4(x0, at);
        a0 += v0 * wa;
        b0 += v0 * wb;
        c0 += v0 * wc;
        let v1 = input4(x1, at);
        a1 += v1 * wa;
        b1 += v1 * wb;
        c1 += v1 * wc;
        let v2 = input4(x2, at);
        a2 += v2 * wa;
        b2 += v2 * wb;
        c2 += v2 * wc;
        let v3 = input4(x3, at);
        a3 += v3 * wa;
        b3 += v3 * wb;
        c3 += v3 * wc;
        let v4 = input4(x4, at);
        a4 += v4 * wa;
        b4 += v4 * wb;
        c4 += v4 * wc;
        let v5 = input4(x5, at);
        a5 += v5 * wa;
        b5 += v5 * wb;
        c5 += v5 * wc;
        let v6 = input4(x6, at);
        a6 += v6 * wa;
        b6 += v6 * wb;
        c6 += v6 * wc;
        let v7 = input4(x7, at);
        a7 += v7 * wa;
        b7 += v7 * wb;
        c7 += v7 * wc;
        let v8 = input4(x8, at);
        a8 += v8 * wa;
        b8 += v8 * wb;
        c8 += v8 * wc;
        let v9 = input4(x9, at);
        a9 += v9 * wa;
        b9 += v9 * wb;
        c9 += v9 * wc;
    }
    // A loop, as in product_large.wgsl.
    var sums = array<vec4<f32>, TILE_ROWS * TILE_COLUMNS / 4u>(
        a0, b0, c0,
        a1, b1, c1,
        a2, b2, c2,
        a3, b3, c3,
        a4, b4, c4,
        a5, b5, c5,
        a6, b6, c6,
        a7, b7, c7,
        a8, b8, c8,
        a9, b9, c9,
    );
    for (var down = 0u; down < TILE_ROWS; down++) {
        for (var part = 0u; part < TILE_COLUMNS / 4u; part++) {
            let four = sums[down * (TILE_COLUMNS / 4u) + part];
            let first = column + part * 4u;
            finish(row + down, first, four.x);
            finish(row + down, first + 1u, four.y);
            finish(row + down, first + 2u, four.z);
            finish(row + down, first + 3u, four.w);
        }
    }
}
