// Windows of a picture with a multiple of four channels: four columns lie in one cell.
@group(0) @binding(1) var<storage, read> values: array<vec4<f32>>;

struct InputRow {
    picture: u32,
    top: i32,
    left: i32,
}

struct InputColumn {
    down: i32,
    right: i32,
    channel: u32,
}

fn input_row(row: u32) -> InputRow {
    let x = row % sizes.out_width;
    let y = (row / sizes.out_width) % sizes.out_height;
    let picture = row / (sizes.out_width * sizes.out_height);
    return InputRow(
        picture * sizes.height,
        i32(y * sizes.stride) - i32(sizes.padding),
        i32(x * sizes.stride) - i32(sizes.padding),
    );
}

fn input_column(quad: u32) -> InputColumn {
    let quads = sizes.channels / 4u;
    let cell = quad / quads;
    return InputColumn(i32(cell / sizes.kernel), i32(cell % sizes.kernel), quad % quads);
}

fn input4(row: InputRow, column: InputColumn) -> vec4<f32> {
    let y = row.top + column.down;
    let x = row.left + column.right;
    if (y < 0 || x < 0 || y >= i32(sizes.height) || x >= i32(sizes.width)) {
        return vec4<f32>(0.0);
    }
    let cell = (row.picture + u32(y)) * sizes.width + u32(x);
    return values[cell * (sizes.channels / 4u) + column.channel];
}
