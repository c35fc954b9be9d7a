// Piece of the products: a staged unit is one quad of columns, narrowed by precision_*.wgsl.
alias InputUnit = Quad;
alias WeightUnit = Quad;

const UNIT_QUADS = 1u;
const STEP = 4u;

fn input_unit(row: u32, quad: u32) -> InputUnit {
    if (quad >= sizes.inputs / 4u) {
        return Quad();
    }
    return narrow_input(input4(input_row(row), input_column(quad)));
}

fn weight_unit(column: u32, quad: u32) -> WeightUnit {
    let quads = sizes.inputs / 4u;
    if (quad >= quads) {
        return Quad();
    }
    return narrow_weights(weight4(column * quads + quad));
}

fn block_product(values: InputUnit, weights: Block) -> vec4<f32> {
    return vec4<f32>(values * weights);
}
