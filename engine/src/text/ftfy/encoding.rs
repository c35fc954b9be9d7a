//! Finds text that was decoded with the wrong encoding, by its unlikely neighbours, and decodes it
//! again. After ftfy's `fix_encoding`.

use super::bytes::{decode, replace_lossy_sequences, restore_no_break_spaces};
use super::charmap::{possible_bytes, windows_1252};
use super::effort::Effort;
use super::tables::{
    BADNESS, CONTINUATION, CONTINUATION_STRICT, FIRST_OF_2, FIRST_OF_3, FIRST_OF_4,
};
use crate::text::pattern::Pattern;

thread_local! {
    static BAD: Pattern = Pattern::new(BADNESS);
}

/// Decodes `text` again until it looks right.
pub(super) fn fix_encoding(text: &str, effort: &mut Effort) -> String {
    let mut text = text.to_owned();
    while effort.spend(&text)
        && let Some(fixed) = fix_once(&text, effort)
        && fixed != text
    {
        text = fixed;
    }
    text
}

fn fix_once(text: &str, effort: &mut Effort) -> Option<String> {
    if text.is_ascii() || !is_bad(text) {
        return None;
    }
    let whole = possible_bytes(text).find_map(|(charmap, mut bytes)| {
        if charmap.restores_spaces {
            bytes = restore_no_break_spaces(bytes);
        }
        if charmap.sloppy {
            bytes = replace_lossy_sequences(&bytes);
        }
        decode(bytes)
    });
    whole
        .or_else(|| Some(fix_parts(text, effort)).filter(|fixed| fixed != text))
        .or_else(|| Some(text.chars().map(windows_1252).collect()))
}

fn is_bad(text: &str) -> bool {
    BAD.with(|bad| bad.is_in(text))
}

/// Fixes parts that look like UTF-8, for a text that is not of one encoding as a whole. Decoding at
/// least halves a part, which bounds the recursion.
fn fix_parts(text: &str, effort: &mut Effort) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut fixed = String::with_capacity(text.len());
    let mut place = 0;
    while place < characters.len() {
        let length = match place.checked_sub(1) {
            Some(before) if is_in(CONTINUATION_STRICT, characters[before]) => 0,
            _ => stretch_length(&characters[place..]),
        };
        let part: String = characters[place..place + length.max(1)].iter().collect();
        match length > 0 && length < characters.len() && is_bad(&part) {
            true => fixed.push_str(&fix_encoding(&part, effort)),
            false => fixed.push_str(&part),
        }
        place += length.max(1);
    }
    fixed
}

/// Number of characters at the start that stand for whole UTF-8 characters.
fn stretch_length(characters: &[char]) -> usize {
    let mut length = 0;
    loop {
        let rest = &characters[length..];
        let starts = |class: &[(char, char)], count: usize| {
            rest.len() >= count
                && is_in(class, rest[0])
                && rest[1..count].iter().all(|next| is_in(CONTINUATION, *next))
        };
        length += if starts(FIRST_OF_2, 2) {
            2
        } else if starts(FIRST_OF_3, 3) {
            3
        } else if starts(FIRST_OF_4, 4) {
            4
        } else {
            return length;
        };
    }
}

fn is_in(class: &[(char, char)], character: char) -> bool {
    let following = class.partition_point(|(first, _)| *first <= character);
    following > 0 && character <= class[following - 1].1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_text_is_not_bad() {
        assert!(!is_bad("café à la crème, 5 €, “naïve” – Привет, Ελλάδα"));
        assert!(is_bad("cafÃ©") && is_bad("â€œ") && is_bad("\u{85}"));
    }
}
