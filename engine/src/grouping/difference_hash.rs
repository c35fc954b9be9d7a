//! The rough pattern of light and dark of a picture.

use serde::{Deserialize, Serialize};

/// Cells a row; neighbours are compared, so a row gives one bit less.
const COLUMNS: usize = 9;
const ROWS: usize = 8;

/// Whether a square gets lighter from each cell of a coarse grid to the next one on the right: a byte a
/// row. Hardly changed by another size, quality or brightness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferenceHash(pub [u8; ROWS]);

impl DifferenceHash {
    /// Of the levels `[size, size, 3]`, red first. A square without pixels has the hash of a plain one.
    pub fn new(levels: &[u8]) -> Self {
        let (pixels, _) = levels.as_chunks::<3>();
        let side = pixels.len().isqrt();
        let light = |row: usize, column: usize| {
            let rows = part(row, ROWS, side);
            let columns = part(column, COLUMNS, side);
            let count = rows.len() * columns.len();
            let line = |y: usize| pixels[y * side..][columns.clone()].iter().map(luma);
            rows.flat_map(line).sum::<u64>() / count.max(1) as u64
        };
        Self(std::array::from_fn(|row| {
            let lights: [u64; COLUMNS] = std::array::from_fn(|column| light(row, column));
            let bits = lights.windows(2).map(|pair| u8::from(pair[0] < pair[1]));
            bits.fold(0, |byte, bit| byte << 1 | bit)
        }))
    }

    /// In how many of 64 places two pictures differ.
    pub fn distance(self, other: Self) -> u32 {
        (u64::from_le_bytes(self.0) ^ u64::from_le_bytes(other.0)).count_ones()
    }
}

/// The part `at` of a side that is divided evenly into `parts`.
fn part(at: usize, parts: usize, side: usize) -> std::ops::Range<usize> {
    at * side / parts..(at + 1) * side / parts
}

/// A thousand times the lightness of a pixel (ITU-R BT.601).
fn luma([red, green, blue]: &[u8; 3]) -> u64 {
    299 * u64::from(*red) + 587 * u64::from(*green) + 114 * u64::from(*blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(side: usize, level: impl Fn(usize, usize) -> u8) -> Vec<u8> {
        let pixels = (0..side * side).flat_map(|at| [level(at % side, at / side); 3]);
        pixels.collect()
    }

    #[test]
    fn a_row_has_a_bit_where_it_gets_lighter() {
        let lighter = square(36, |x, _| 7 * x as u8);
        assert_eq!(DifferenceHash::new(&lighter), DifferenceHash([u8::MAX; 8]));
        let darker = square(36, |x, _| 250 - 7 * x as u8);
        assert_eq!(DifferenceHash::new(&darker), DifferenceHash([0; 8]));
        // Lighter up to the middle, in the upper half only.
        let hill = square(72, |x, y| match (y < 36, x < 36) {
            (true, true) => x as u8,
            (true, false) => 72 - x as u8,
            (false, _) => 9,
        });
        let expected = [0xf0, 0xf0, 0xf0, 0xf0, 0, 0, 0, 0];
        assert_eq!(DifferenceHash::new(&hill), DifferenceHash(expected));
        assert_eq!(
            DifferenceHash::new(&hill).distance(DifferenceHash([0; 8])),
            16
        );
    }

    #[test]
    fn size_and_brightness_do_not_matter() {
        let wave = |side: usize, scale: f32| {
            square(side, |x, y| {
                let (x, y) = (x as f32 / side as f32, y as f32 / side as f32);
                (scale * (127.0 + 60.0 * (9.0 * x + 4.0 * y).sin())) as u8
            })
        };
        let hash = DifferenceHash::new(&wave(224, 1.0));
        for other in [wave(336, 1.0), wave(100, 1.0), wave(224, 0.7)] {
            let distance = hash.distance(DifferenceHash::new(&other));
            assert!(distance <= 6, "{distance} places differ");
        }
    }

    #[test]
    fn tiny_squares_have_a_hash() {
        for side in 0..9 {
            DifferenceHash::new(&square(side, |x, y| (x * 50 + y) as u8));
        }
    }
}
