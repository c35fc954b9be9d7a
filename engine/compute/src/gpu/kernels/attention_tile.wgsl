// What an invocation of the attention takes on an adapter that computes on the processor:
// TILE_QUERIES queries of one head.
struct Sizes {
    batch: u32,
    sequence: u32,
    heads: u32,
}

const LANES = 4u;
const TILE_QUERIES = 10u;
const QUADS = (HEAD + 3u) / 4u;

@group(0) @binding(0) var<uniform> sizes: Sizes;

struct Tile {
    batch: u32,
    head: u32,
    // Its first.
    query: u32,
}

fn tile_of(index: u32) -> Tile {
    let tiles = (sizes.sequence + TILE_QUERIES - 1u) / TILE_QUERIES;
    let group = index / sizes.heads;
    return Tile(group / tiles, index % sizes.heads, group % tiles * TILE_QUERIES);
}

// From one position to the next, in values.
fn pitch_of_rows() -> u32 {
    return 3u * sizes.heads * HEAD;
}

// Where the head's channels lie at the first position; its keys and values follow a third and two
// thirds of a row further.
fn start_of(tile: Tile) -> u32 {
    return tile.batch * sizes.sequence * pitch_of_rows() + tile.head * HEAD;
}

// Where the shares of the tile's first query lie.
fn shares_of(tile: Tile) -> u32 {
    return ((tile.batch * sizes.heads + tile.head) * sizes.sequence + tile.query) * sizes.sequence;
}

// How many keys any of its queries sees.
fn keys_of(tile: Tile) -> u32 {
    return select(sizes.sequence, min(sizes.sequence, tile.query + TILE_QUERIES), CAUSAL);
}
