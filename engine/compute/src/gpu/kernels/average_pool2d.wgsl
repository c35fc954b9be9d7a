// Mean over non-overlapping size × size windows.
// Input: [batch, height, width, channels]. Output: [batch, out_height, out_width, channels].
// Host constants: none.
struct Sizes {
    count: u32,
    width: u32,
    channels: u32,
    out_height: u32,
    out_width: u32,
    height: u32,
    size: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

fn compute(index: u32) {
    let channel = index % sizes.channels;
    let x = (index / sizes.channels) % sizes.out_width;
    let y = (index / sizes.channels / sizes.out_width) % sizes.out_height;
    let picture = index / sizes.channels / sizes.out_width / sizes.out_height;
    let corner = (picture * sizes.height + y * sizes.size) * sizes.width + x * sizes.size;
    var sum = 0.0;
    for (var down = 0u; down < sizes.size; down++) {
        for (var right = 0u; right < sizes.size; right++) {
            sum += values[(corner + down * sizes.width + right) * sizes.channels + channel];
        }
    }
    output[index] = sum / f32(sizes.size * sizes.size);
}
