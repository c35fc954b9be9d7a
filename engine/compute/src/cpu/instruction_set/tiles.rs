//! Divides the rows of a product among tiles, whose sums stay in registers.

/// Products that are computed a tile at a time.
pub trait Tiled {
    /// Computes `ROWS` rows, from row `first` on.
    fn tile<const ROWS: usize>(&mut self, first: usize);
}

/// Fewest tiles of at most `most` rows that hold `rows` rows.
pub fn count(rows: usize, most: usize) -> usize {
    rows.div_ceil(most)
}

/// Computes `rows` rows in the fewest tiles of at most `most` rows; `most` is at most eight. Tiles
/// are as equal as possible: one of a row or two has too few sums to keep the processor's units
/// busy.
#[inline(always)]
pub fn each(rows: usize, most: usize, tiled: &mut impl Tiled) {
    let mut first = 0;
    for tiles in (1..=count(rows, most)).rev() {
        let now = (rows - first).div_ceil(tiles);
        // `most` is a constant after inlining, so larger tiles are not compiled.
        match now {
            1 => tiled.tile::<1>(first),
            2 if most >= 2 => tiled.tile::<2>(first),
            3 if most >= 3 => tiled.tile::<3>(first),
            4 if most >= 4 => tiled.tile::<4>(first),
            5 if most >= 5 => tiled.tile::<5>(first),
            6 if most >= 6 => tiled.tile::<6>(first),
            7 if most >= 7 => tiled.tile::<7>(first),
            8 if most >= 8 => tiled.tile::<8>(first),
            _ => unreachable!("no tile has {now} rows"),
        }
        first += now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first row and the number of rows of each tile so far.
    struct Seen(Vec<(usize, usize)>);

    impl Tiled for Seen {
        fn tile<const ROWS: usize>(&mut self, first: usize) {
            self.0.push((first, ROWS));
        }
    }

    #[test]
    fn rows_are_divided_evenly_among_the_fewest_tiles() {
        for (rows, most) in (0..40).flat_map(|rows| (1..=8).map(move |most| (rows, most))) {
            let mut seen = Seen(Vec::new());
            each(rows, most, &mut seen);
            let ends = seen.0.iter().map(|(first, size)| first + size);
            let firsts = seen.0.iter().map(|(first, _)| *first);
            assert!(std::iter::once(0).chain(ends).eq(firsts.chain([rows])));
            assert_eq!(seen.0.len(), count(rows, most));
            let sizes = || seen.0.iter().map(|(_, size)| *size);
            let (smallest, largest) = (sizes().min(), sizes().max());
            assert!(largest.unwrap_or(0) <= most);
            assert!(largest.unwrap_or(0) - smallest.unwrap_or(0) <= 1);
        }
    }
}
