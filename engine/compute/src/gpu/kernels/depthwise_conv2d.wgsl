// Depthwise convolution, then the activation.
// Inputs: [batch, height, width, channels], weights [kernel × kernel, channels], bias [channels].
// Output: [batch, out_height, out_width, channels].
//
// Channels are counted in cells: of four channels if the count divides by four, else of one. Each
// invocation computes one cell of the output, so it does not depend on the rest of its batch.
struct Sizes {
    count: u32,
    height: u32,
    width: u32,
    // In cells.
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
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> values: array<Cell>;
@group(0) @binding(2) var<storage, read> weights: array<Cell>;
@group(0) @binding(3) var<storage, read> bias: array<Cell>;
@group(0) @binding(4) var<storage, read_write> output: array<Cell>;

fn compute(index: u32) {
    let channel = index % sizes.channels;
    let right = (index / sizes.channels) % sizes.out_width;
    let down = (index / sizes.channels / sizes.out_width) % sizes.out_height;
    let picture = index / sizes.channels / sizes.out_width / sizes.out_height;
    // The window's corner, with the leading padding counted.
    let top = down * sizes.stride;
    let left = right * sizes.stride;
    let first_row = sizes.padding - min(top, sizes.padding);
    let first_column = sizes.padding - min(left, sizes.padding);
    let end_row = min(sizes.kernel, sizes.height + sizes.padding - min(top, sizes.height + sizes.padding));
    let end_column = min(sizes.kernel, sizes.width + sizes.padding - min(left, sizes.width + sizes.padding));
    var sum = Cell(0.0);
    if (sizes.bias != 0u) {
        sum = bias[channel];
    }
    for (var row = first_row; row < end_row; row++) {
        let line = (picture * sizes.height + top + row - sizes.padding) * sizes.width;
        for (var column = first_column; column < end_column; column++) {
            let cell = (line + left + column - sizes.padding) * sizes.channels + channel;
            let weight = (row * sizes.kernel + column) * sizes.channels + channel;
            sum += values[cell] * weights[weight];
        }
    }
    output[index] = activate_cell(sum);
}
