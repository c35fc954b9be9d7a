// Matrix product: input [rows, inputs] · weights [outputs, inputs]ᵀ, then bias, residual and
// activation. A convolution is the same product over the windows of a picture.
// Inputs: in input_*.wgsl, weight_*.wgsl and product_output.wgsl. Output: [rows, outputs].
// Host constants: GROUP_COLUMNS and GROUP_ROWS, the invocations of a workgroup.
//
// What follows the sum is in the sizes, because a pipeline for each case would take longer to compile
// than all the cases take to run.
struct Sizes {
    rows: u32,
    // Rounded up to a multiple of four; the surplus is zero in both operands.
    inputs: u32,
    outputs: u32,
    // The pictures that windows are cut from. In a linear layer, each row is one cell.
    height: u32,
    width: u32,
    channels: u32,
    out_height: u32,
    out_width: u32,
    kernel: u32,
    stride: u32,
    padding: u32,
    // In activation.wgsl.
    activation: u32,
    // Whether there is one.
    bias: u32,
    // In product_output.wgsl.
    residual: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
