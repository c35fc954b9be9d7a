// Windows of a picture with any number of channels.
@group(0) @binding(1) var<storage, read> values: array<f32>;

struct InputRow {
    picture: u32,
    top: i32,
    left: i32,
}

struct InputColumn {
    index: u32,
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
    return InputColumn(quad * 4u);
}

fn input4(row: InputRow, column: InputColumn) -> vec4<f32> {
    var result = vec4<f32>(0.0);
    let count = min(4u, sizes.inputs - column.index);
    for (var lane = 0u; lane < count; lane++) {
        let index = column.index + lane;
        let cell = index / sizes.channels;
        let y = row.top + i32(cell / sizes.kernel);
        let x = row.left + i32(cell % sizes.kernel);
        if (y >= 0 && x >= 0 && y < i32(sizes.height) && x < i32(sizes.width)) {
            let pixel = (row.picture + u32(y)) * sizes.width + u32(x);
            result[lane] = values[pixel * sizes.channels + index % sizes.channels];
        }
    }
    return result;
}
