// Puts a row before each sequence, then adds positions.
// Inputs: [batch, sequence, width], learned [width], positions [sequence + 1, width].
// Output: [batch, sequence + 1, width].
// Host constants: MEAN, whether the row is the mean of the sequence instead of `learned`.
struct Sizes {
    count: u32,
    sequence: u32,
    width: u32,
}

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read> learned: array<f32>;
@group(0) @binding(3) var<storage, read> positions: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

fn compute(index: u32) {
    let column = index % sizes.width;
    let position = (index / sizes.width) % (sizes.sequence + 1u);
    let first = index / sizes.width / (sizes.sequence + 1u) * sizes.sequence * sizes.width + column;
    var value = 0.0;
    if (position > 0u) {
        value = values[first + (position - 1u) * sizes.width];
    } else if (MEAN) {
        for (var row = 0u; row < sizes.sequence; row++) {
            value += values[first + row * sizes.width];
        }
        value /= f32(sizes.sequence);
    } else {
        value = learned[column];
    }
    output[index] = value + positions[position * sizes.width + column];
}
