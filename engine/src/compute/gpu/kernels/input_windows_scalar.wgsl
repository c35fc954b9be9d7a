// Windows of a picture with any number of channels. A row of a window lies in one piece, so its
// pixels and channels are counted as one.
@group(0) @binding(1) var<storage, read> values: array<f32>;

struct InputRow {
    // Where the picture's row 0 starts, and how far it is to the next.
    start: u32,
    pitch: u32,
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
    let pitch = sizes.width * sizes.channels;
    return InputRow(
        picture * sizes.height * pitch,
        pitch,
        i32(y * sizes.stride) - i32(sizes.padding),
        (i32(x * sizes.stride) - i32(sizes.padding)) * i32(sizes.channels),
    );
}

fn input_column(quad: u32) -> InputColumn {
    return InputColumn(quad * 4u);
}

fn input4(row: InputRow, column: InputColumn) -> vec4<f32> {
    var result = vec4<f32>(0.0);
    let count = min(4u, sizes.inputs - column.index);
    let run = sizes.kernel * sizes.channels;
    for (var lane = 0u; lane < count; lane++) {
        let index = column.index + lane;
        let y = row.top + i32(index / run);
        let x = row.left + i32(index % run);
        if (y >= 0 && x >= 0 && y < i32(sizes.height) && x < i32(row.pitch)) {
            result[lane] = values[row.start + u32(y) * row.pitch + u32(x)];
        }
    }
    return result;
}
