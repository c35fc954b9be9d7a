// A matrix product `output[rows, outputs] = input[rows, inputs] · weights[outputs, inputs]ᵀ`.
// A convolution is the same product over the windows of a picture.
struct Sizes {
    rows: u32,
    // Rounded up to a multiple of four; the surplus is zero in both operands.
    inputs: u32,
    outputs: u32,
    // What windows are cut from: in a linear map one cell each.
    height: u32,
    width: u32,
    channels: u32,
    out_height: u32,
    out_width: u32,
    kernel: u32,
    stride: u32,
    padding: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
