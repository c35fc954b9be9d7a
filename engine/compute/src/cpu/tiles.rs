//! How the rows of a product are shared out among tiles, whose sums stay in registers.

/// Products that are computed a tile at a time.
pub trait Tiled {
    /// Computes the next `ROWS` rows.
    fn next<const ROWS: usize>(&mut self);
}

/// How many tiles of at most `most` rows are needed.
pub fn count(rows: usize, most: usize) -> usize {
    rows.div_ceil(most)
}

/// Computes `rows` rows in as few tiles of at most `most` as there can be. They are as equal as can
/// be: one of a row or two would have too few sums to keep the processor's units busy.
#[inline(always)]
pub fn each(rows: usize, most: usize, tiled: &mut impl Tiled) {
    let mut left = rows;
    for tiles in (1..=count(rows, most)).rev() {
        let now = left.div_ceil(tiles);
        // `most` is known where this is compiled, so that no larger tile is.
        match now {
            2 if most >= 2 => tiled.next::<2>(),
            3 if most >= 3 => tiled.next::<3>(),
            4 if most >= 4 => tiled.next::<4>(),
            5 if most >= 5 => tiled.next::<5>(),
            6 if most >= 6 => tiled.next::<6>(),
            7 if most >= 7 => tiled.next::<7>(),
            8 if most >= 8 => tiled.next::<8>(),
            _ => tiled.next::<1>(),
        }
        left -= now;
    }
}
