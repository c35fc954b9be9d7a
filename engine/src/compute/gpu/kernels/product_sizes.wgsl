// A matrix product `output[rows, outputs] = input[rows, inputs] · weights[outputs, inputs]ᵀ`.
// A convolution is the same product over the windows of a picture, which are never written out.
struct Sizes {
    rows: u32,
    inputs: u32,
    outputs: u32,
    // What a convolution's windows are cut from; zero in a linear map.
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
