// One invocation a query, which walks the keys once with the online softmax of Milakov and
// Gimelshein 2018: sums are kept relative to the largest score so far, so no score is written.
// A workgroup's queries share a head, so they read the same keys and values at the same time.
//
// HEAD is the width of a head, CAUSAL whether a query sees only itself and what came before.
struct Sizes {
    batch: u32,
    sequence: u32,
    heads: u32,
}

const QUADS = (HEAD + 3u) / 4u;

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(QUERIES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let tiles = (sizes.sequence + QUERIES - 1u) / QUERIES;
    let index = group.y * groups.x + group.x;
    let query = (index % tiles) * QUERIES + lane;
    let head = (index / tiles) % sizes.heads;
    let batch = index / tiles / sizes.heads;
    if (batch >= sizes.batch || query >= sizes.sequence) {
        return;
    }
    let width = sizes.heads * HEAD;
    let pitch = 3u * width;
    let first = batch * sizes.sequence * pitch + head * HEAD;

    var scaled: array<vec4<f32>, QUADS>;
    var mixed: array<vec4<f32>, QUADS>;
    for (var quad = 0u; quad < QUADS; quad++) {
        scaled[quad] = head4(first + query * pitch, quad) * (1.0 / sqrt(f32(HEAD)));
        mixed[quad] = vec4<f32>(0.0);
    }
    var largest = -3.0e38;
    var total = 0.0;
    let keys = select(sizes.sequence, query + 1u, CAUSAL);
    for (var key = 0u; key < keys; key++) {
        let at = first + key * pitch + width;
        var products = vec4<f32>(0.0);
        for (var quad = 0u; quad < QUADS; quad++) {
            products += scaled[quad] * head4(at, quad);
        }
        let score = (products.x + products.y) + (products.z + products.w);
        if (score > largest) {
            // Nothing is kept yet at the first key, whose fade is exp of a huge negative number.
            let fade = exp(max(largest - score, -80.0));
            total *= fade;
            for (var quad = 0u; quad < QUADS; quad++) {
                mixed[quad] *= fade;
            }
            largest = score;
        }
        let share = exp(score - largest);
        total += share;
        for (var quad = 0u; quad < QUADS; quad++) {
            mixed[quad] += share * head4(at + width, quad);
        }
    }
    let to = (batch * sizes.sequence + query) * width + head * HEAD;
    for (var quad = 0u; quad < QUADS; quad++) {
        let value = mixed[quad] / total;
        for (var lane = 0u; lane < min(4u, HEAD - quad * 4u); lane++) {
            output[to + quad * 4u + lane] = value[lane];
        }
    }
}
