// Piece of attention_shares and attention_mixture: the tile of an invocation, TILE_QUERIES queries
// of one head.
// Host constants: HEAD, the width of a head.
struct Sizes {
    batch: u32,
    sequence: u32,
    heads: u32,
    // Whether a query sees only itself and earlier positions.
    causal: u32,
}

const LANES = 4u;
const TILE_QUERIES = 10u;
const QUADS = (HEAD + 3u) / 4u;

@group(0) @binding(0) var<uniform> sizes: Sizes;

struct Tile {
    batch: u32,
    head: u32,
    // The first one.
    query: u32,
}

fn tile_of(index: u32) -> Tile {
    let tiles = (sizes.sequence + TILE_QUERIES - 1u) / TILE_QUERIES;
    let group = index / sizes.heads;
    return Tile(group / tiles, index % sizes.heads, group % tiles * TILE_QUERIES);
}

// Values from one position of the input to the next.
fn pitch_of_rows() -> u32 {
    return 3u * sizes.heads * HEAD;
}

// Index of the head's first query. Its first key and value follow a third and two thirds of a row
// later.
fn start_of(tile: Tile) -> u32 {
    return tile.batch * sizes.sequence * pitch_of_rows() + tile.head * HEAD;
}

// Index of the shares of the tile's first query.
fn shares_of(tile: Tile) -> u32 {
    return ((tile.batch * sizes.heads + tile.head) * sizes.sequence + tile.query) * sizes.sequence;
}

// Number of keys that any of the tile's queries sees.
fn keys_of(tile: Tile) -> u32 {
    return select(sizes.sequence, min(sizes.sequence, tile.query + TILE_QUERIES), sizes.causal != 0u);
}
