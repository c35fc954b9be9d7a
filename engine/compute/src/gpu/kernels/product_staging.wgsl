// Piece of product_small and product_large. A workgroup computes TILE_ROWS × TILE_COLUMNS outputs,
// TILE × TILE per invocation. It stages STEP units of each operand's columns in workgroup memory at
// a time, so a value is fetched once for a whole side of the tile. Neighbouring invocations take
// neighbouring columns, so their reads and writes are contiguous.

// One unit more than a step, so that adjacent rows lie in different banks.
const PITCH = STEP + 1u;
const TILE_ROWS = GROUP_ROWS * TILE;
const TILE_COLUMNS = GROUP_COLUMNS * TILE;
const INVOCATIONS = GROUP_ROWS * GROUP_COLUMNS;
// From one row or column of an invocation to its next, in staged units.
const ROW_PITCH = GROUP_ROWS * PITCH;
const COLUMN_PITCH = GROUP_COLUMNS * PITCH;

var<workgroup> staged_input: array<InputUnit, TILE_ROWS * PITCH>;
var<workgroup> staged_weights: array<WeightUnit, TILE_COLUMNS * PITCH>;

fn units() -> u32 {
    return (sizes.inputs / 4u + UNIT_QUADS - 1u) / UNIT_QUADS;
}

// Neighbouring lanes load neighbouring units of one row. Surplus rows repeat the last and are not
// written; surplus units of the input are zero.
fn stage(first_row: u32, first_column: u32, start: u32, lane: u32) {
    for (var slot = lane; slot < TILE_ROWS * STEP; slot += INVOCATIONS) {
        let row = min(first_row + slot / STEP, sizes.rows - 1u);
        staged_input[slot / STEP * PITCH + slot % STEP] = input_unit(row, start + slot % STEP);
    }
    for (var slot = lane; slot < TILE_COLUMNS * STEP; slot += INVOCATIONS) {
        let column = min(first_column + slot / STEP, sizes.outputs - 1u);
        staged_weights[slot / STEP * PITCH + slot % STEP] = weight_unit(column, start + slot % STEP);
    }
}

// Four weight rows, GROUP_COLUMNS apart.
fn weight_block(at: u32) -> Block {
    return Block(
        staged_weights[at],
        staged_weights[at + COLUMN_PITCH],
        staged_weights[at + 2u * COLUMN_PITCH],
        staged_weights[at + 3u * COLUMN_PITCH],
    );
}

// Four sums, GROUP_COLUMNS apart.
fn finish4(row: u32, column: u32, sums: vec4<f32>) {
    let four = sums * SUM_UNIT;
    finish(row, column, four.x);
    finish(row, column + GROUP_COLUMNS, four.y);
    finish(row, column + 2u * GROUP_COLUMNS, four.z);
    finish(row, column + 3u * GROUP_COLUMNS, four.w);
}
