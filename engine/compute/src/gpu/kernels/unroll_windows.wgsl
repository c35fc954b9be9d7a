// Copies each window of a picture into a row, padded with zeros to a multiple of four columns as
// rows of weights are.
// Input: [batch, height, width, channels], with any number of channels.
// Output: [batch × out_height × out_width, kernel × kernel × channels rounded up].
// Host constants: none.
//
// A row of a window is contiguous, so its pixels and channels are counted together.
struct Sizes {
    count: u32,
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
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

fn compute(index: u32) {
    let run = sizes.kernel * sizes.channels;
    let columns = sizes.kernel * run;
    let padded = (columns + 3u) / 4u * 4u;
    let column = index % padded;
    let window = index / padded;
    let right = window % sizes.out_width;
    let down = window / sizes.out_width % sizes.out_height;
    let picture = window / sizes.out_width / sizes.out_height;
    let pitch = sizes.width * sizes.channels;
    let y = i32(down * sizes.stride + column / run) - i32(sizes.padding);
    let x = i32(right * sizes.stride * sizes.channels + column % run)
        - i32(sizes.padding * sizes.channels);
    var value = 0.0;
    if (column < columns && y >= 0 && x >= 0 && y < i32(sizes.height) && x < i32(pitch)) {
        value = values[(picture * sizes.height + u32(y)) * pitch + u32(x)];
    }
    output[index] = value;
}
