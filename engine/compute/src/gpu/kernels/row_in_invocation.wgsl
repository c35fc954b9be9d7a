// Piece of layer_norm and l2_normalize: one invocation per row, LANES rows per workgroup. For
// software adapters, where one barrier costs as much as a thousand additions.
const LANES = 4u;
const COLUMN_STEP = 1u;

fn row_of(group: u32, lane: u32) -> u32 {
    return group * LANES + lane;
}

fn first_column(lane: u32) -> u32 {
    return 0u;
}

fn row_sum(value: f32, lane: u32) -> f32 {
    return value;
}
