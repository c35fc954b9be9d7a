//! Single-byte encodings that text may have been decoded with by mistake.

use std::sync::LazyLock;

use super::single_byte::SingleByte;
use super::tables::CHARMAPS;

/// A byte that an earlier conversion lost, in a text and in its bytes.
const REPLACEMENT: char = '\u{fffd}';
const SUBSTITUTE: u8 = 0x1a;

/// Index of Windows-1252 in [`CHARMAPS`].
const WINDOWS_1252: usize = 1;

/// For each of [`CHARMAPS`], the characters of its upper half with their bytes, sorted.
static BYTES: LazyLock<Vec<Vec<(char, u8)>>> = LazyLock::new(|| {
    let sorted = |charmap: &SingleByte| {
        let mut pairs: Vec<(char, u8)> = charmap.high.chars().zip(0x80..=0xff).collect();
        pairs.sort_unstable();
        pairs
    };
    CHARMAPS.iter().map(sorted).collect()
});

/// `text` in each encoding that has all of its characters.
pub(super) fn possible_bytes(text: &str) -> impl Iterator<Item = (&'static SingleByte, Vec<u8>)> {
    CHARMAPS
        .iter()
        .zip(BYTES.iter())
        .filter_map(move |(charmap, bytes)| {
            let byte = |character: char| match character {
                '\u{1a}' if charmap.sloppy => None,
                REPLACEMENT if charmap.sloppy => Some(SUBSTITUTE),
                '\0'..='\u{7f}' => Some(character as u8),
                _ => bytes
                    .binary_search_by_key(&character, |pair| pair.0)
                    .ok()
                    .map(|place| bytes[place].1),
            };
            let encoded: Option<Vec<u8>> = text.chars().map(byte).collect();
            Some((charmap, encoded?))
        })
}

/// Replaces a Latin-1 control character, which nobody writes, by the Windows-1252 character.
pub(super) fn windows_1252(character: char) -> char {
    match character {
        '\u{80}'..='\u{9f}' => CHARMAPS[WINDOWS_1252]
            .high
            .chars()
            .nth(character as usize - 0x80)
            .unwrap_or(character),
        _ => character,
    }
}
