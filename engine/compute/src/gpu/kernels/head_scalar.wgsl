// Piece of the attention kernels: `head4` reads four channels of a head of any width.
@group(0) @binding(1) var<storage, read> values: array<f32>;

fn head4(start: u32, quad: u32) -> vec4<f32> {
    let at = start + quad * 4u;
    // No branch, because this is compiled many times in a kernel.
    let last = start + HEAD - 1u;
    let four = vec4<f32>(
        values[at],
        values[min(at + 1u, last)],
        values[min(at + 2u, last)],
        values[min(at + 3u, last)],
    );
    let channels = vec4<u32>(quad * 4u) + vec4<u32>(0u, 1u, 2u, 3u);
    return select(vec4<f32>(0.0), four, channels < vec4<u32>(HEAD));
}
