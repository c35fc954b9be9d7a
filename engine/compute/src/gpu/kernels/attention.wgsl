// Attention: softmax(queries · keysᵀ / √HEAD) · values, for each head.
// Input: query, key and value side by side [batch, sequence, 3 × heads × HEAD], read by `head4`.
// Output: [batch, sequence, heads × HEAD].
// Host constants: HEAD, the width of a head.
//
// A workgroup handles QUERIES queries of one head. It stages KEYS keys and values at a time, and
// keeps sums relative to the largest score so far (FlashAttention, Dao et al. 2022, with the online
// softmax of Milakov and Gimelshein 2018). So each key is fetched once for all the queries, and no
// score leaves the workgroup.
struct Sizes {
    batch: u32,
    sequence: u32,
    heads: u32,
    // Whether a query sees only itself and earlier positions.
    causal: u32,
}

const LANES = 128u;
const QUERIES = 16u;
// Invocations that share a query. Each sums every SLICES-th quad of its output.
const SLICES = LANES / QUERIES;
const QUADS = (HEAD + 3u) / 4u;
// One more than a row: adjacent rows lie in different banks, and surplus quads have a place.
const PITCH = QUADS + 1u;
// As many as fit into 16 KiB of workgroup memory beside the queries.
const KEYS = select(select(4u, 8u, HEAD <= 96u), 16u, HEAD <= 64u);
const UNSEEN = -3.0e38;

var<workgroup> queries: array<vec4<f32>, QUERIES * PITCH>;
var<workgroup> keys: array<vec4<f32>, KEYS * PITCH>;
var<workgroup> staged_values: array<vec4<f32>, KEYS * PITCH>;
var<workgroup> scores: array<f32, QUERIES * KEYS>;

@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

fn value4(key: u32, quad: u32) -> vec4<f32> {
    return staged_values[key * PITCH + min(quad, QUADS)];
}

fn write4(start: u32, quad: u32, value: vec4<f32>) {
    for (var lane = quad * 4u; lane < min(quad * 4u + 4u, HEAD); lane++) {
        output[start + lane] = value[lane % 4u];
    }
}

@compute @workgroup_size(LANES)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let tiles = (sizes.sequence + QUERIES - 1u) / QUERIES;
    let index = group.y * groups.x + group.x;
    let first_query = (index % tiles) * QUERIES;
    let head = (index / tiles) % sizes.heads;
    let batch = index / tiles / sizes.heads;
    if (batch >= sizes.batch) {
        return;
    }
    let width = sizes.heads * HEAD;
    let pitch = 3u * width;
    let first = batch * sizes.sequence * pitch + head * HEAD;
    let last = sizes.sequence - 1u;
    let factor = 1.0 / sqrt(f32(HEAD));

    // Surplus queries and keys repeat the last. Such queries are not written, such keys not seen.
    for (var slot = lane; slot < QUERIES * QUADS; slot += LANES) {
        let row = slot / QUADS;
        let quad = slot % QUADS;
        let source = first + min(first_query + row, last) * pitch;
        queries[row * PITCH + quad] = head4(source, quad) * factor;
    }
    let query = lane / SLICES;
    let slice = lane % SLICES;
    var mixed0 = vec4<f32>(0.0);
    var mixed1 = vec4<f32>(0.0);
    var mixed2 = vec4<f32>(0.0);
    var mixed3 = vec4<f32>(0.0);
    var largest = UNSEEN;
    var total = 0.0;
    let end = select(sizes.sequence, min(sizes.sequence, first_query + QUERIES), sizes.causal != 0u);
    for (var start = 0u; start < end; start += KEYS) {
        for (var slot = lane; slot < KEYS * QUADS; slot += LANES) {
            let row = slot / QUADS;
            let quad = slot % QUADS;
            let source = first + min(start + row, last) * pitch + width;
            keys[row * PITCH + quad] = head4(source, quad);
            staged_values[row * PITCH + quad] = head4(source + width, quad);
        }
        workgroupBarrier();
        for (var slot = lane; slot < QUERIES * KEYS; slot += LANES) {
            let row = slot % QUERIES;
            let key = slot / QUERIES;
            var products = vec4<f32>(0.0);
            for (var quad = 0u; quad < QUADS; quad++) {
                products += queries[row * PITCH + quad] * keys[key * PITCH + quad];
            }
            let score = (products.x + products.y) + (products.z + products.w);
            let seen = select(sizes.sequence, min(first_query + row + 1u, sizes.sequence), sizes.causal != 0u);
            scores[slot] = select(UNSEEN, score, start + key < seen);
        }
        workgroupBarrier();
        var top = largest;
        for (var key = 0u; key < KEYS; key++) {
            top = max(top, scores[key * QUERIES + query]);
        }
        // At the first keys the sums are zero and the difference is huge; `max` bounds it.
        let fade = exp(max(largest - top, -80.0));
        largest = top;
        total *= fade;
        mixed0 *= fade;
        mixed1 *= fade;
        mixed2 *= fade;
        mixed3 *= fade;
        for (var key = 0u; key < KEYS; key++) {
            let score = scores[key * QUERIES + query];
            let share = select(0.0, exp(max(score - top, -80.0)), score > UNSEEN);
            total += share;
            mixed0 += share * value4(key, slice);
            if (QUADS > SLICES) {
                mixed1 += share * value4(key, slice + SLICES);
            }
            if (QUADS > 2u * SLICES) {
                mixed2 += share * value4(key, slice + 2u * SLICES);
            }
            if (QUADS > 3u * SLICES) {
                mixed3 += share * value4(key, slice + 3u * SLICES);
            }
        }
        // The next keys overwrite these.
        workgroupBarrier();
    }
    if (first_query + query >= sizes.sequence) {
        return;
    }
    let to = (batch * sizes.sequence + first_query + query) * width + head * HEAD;
    write4(to, slice, mixed0 / total);
    write4(to, slice + SLICES, mixed1 / total);
    write4(to, slice + 2u * SLICES, mixed2 / total);
    write4(to, slice + 3u * SLICES, mixed3 / total);
}
