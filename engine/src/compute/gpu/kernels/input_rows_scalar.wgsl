// Rows of any length.
@group(0) @binding(1) var<storage, read> values: array<f32>;

struct InputRow {
    start: u32,
}

struct InputColumn {
    index: u32,
}

fn input_row(row: u32) -> InputRow {
    return InputRow(row * sizes.inputs);
}

fn input_column(quad: u32) -> InputColumn {
    return InputColumn(quad * 4u);
}

fn input4(row: InputRow, column: InputColumn) -> vec4<f32> {
    // The weights end in zeros there, but zero times an infinity of the next row is no zero.
    var result = vec4<f32>(0.0);
    let count = min(4u, sizes.inputs - column.index);
    for (var lane = 0u; lane < count; lane++) {
        result[lane] = values[row.start + column.index + lane];
    }
    return result;
}
