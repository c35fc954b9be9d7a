// Piece of the products: `input4` reads windows in place from pictures [batch, height, width,
// channels], whose rows, strides and paddings are multiples of four values.
//
// A row of a window is contiguous, so its pixels and channels are counted together; `left` and
// `right` are in quads.
@group(0) @binding(1) var<storage, read> values: array<vec4<f32>>;

struct InputRow {
    // Quads before the picture's row 0, and from one row to the next.
    start: u32,
    pitch: u32,
    top: i32,
    left: i32,
}

struct InputColumn {
    down: i32,
    right: i32,
}

fn input_row(row: u32) -> InputRow {
    let x = row % sizes.out_width;
    let y = (row / sizes.out_width) % sizes.out_height;
    let picture = row / (sizes.out_width * sizes.out_height);
    let pitch = sizes.width * sizes.channels / 4u;
    return InputRow(
        picture * sizes.height * pitch,
        pitch,
        i32(y * sizes.stride) - i32(sizes.padding),
        (i32(x * sizes.stride) - i32(sizes.padding)) * i32(sizes.channels) / 4,
    );
}

fn input_column(quad: u32) -> InputColumn {
    let run = sizes.kernel * sizes.channels / 4u;
    return InputColumn(i32(quad / run), i32(quad % run));
}

fn input4(row: InputRow, column: InputColumn) -> vec4<f32> {
    let y = row.top + column.down;
    let x = row.left + column.right;
    // No branch: a product would have one for each row of its tile, and software adapters take
    // minutes to compile those. A negative value is beyond any height as a u32.
    let inside = (u32(y) < sizes.height) & (u32(x) < row.pitch);
    let index = select(0u, row.start + u32(y) * row.pitch + u32(x), inside);
    return select(vec4<f32>(0.0), values[index], inside);
}
