// Piece of the products: `input4` reads rows [rows, inputs], with inputs a multiple of four.
@group(0) @binding(1) var<storage, read> values: array<vec4<f32>>;

struct InputRow {
    start: u32,
}

struct InputColumn {
    index: u32,
}

fn input_row(row: u32) -> InputRow {
    return InputRow(row * (sizes.inputs / 4u));
}

fn input_column(quad: u32) -> InputColumn {
    return InputColumn(quad);
}

fn input4(row: InputRow, column: InputColumn) -> vec4<f32> {
    return values[row.start + column.index];
}
