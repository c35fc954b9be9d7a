//! Splits a text into words, as CLIP does before encoding them.

use unicode_normalization::char::is_combining_mark;

const CONTRACTIONS: [&str; 7] = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

/// The kinds of words, tried in this order: a name, an English contraction, a run of letters, a
/// single digit, a run of anything else but white space. As a regular expression:
/// `names|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`.
pub(super) struct Words {
    /// Names of special tokens. Each is a word of its own, wherever a word may begin.
    pub(super) names: [&'static str; 2],
    /// Whether names and contractions match in either case.
    pub(super) either_case: bool,
    /// A character that belongs to no word.
    pub(super) dropped: Option<char>,
}

impl Words {
    /// The words of `text`, in order.
    pub(super) fn of<'a>(&self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let mut rest = text;
        std::iter::from_fn(move || {
            while let Some(first) = rest.chars().next() {
                let length = self.length(rest, first);
                let (word, after) = rest.split_at(length.unwrap_or(first.len_utf8()));
                rest = after;
                if length.is_some() {
                    return Some(word);
                }
            }
            None
        })
    }

    /// The length of the word that begins with `text`'s first character, if one does.
    fn length(&self, text: &str, first: char) -> Option<usize> {
        let fixed = self.names.iter().chain(&CONTRACTIONS);
        let fixed = fixed.filter(|fixed| !fixed.is_empty());
        if let Some(length) = fixed.filter_map(|fixed| self.prefix(text, fixed)).next() {
            return Some(length);
        }
        let other = |character: char| {
            !(character.is_whitespace() || is_letter(character) || character.is_numeric())
                && Some(character) != self.dropped
        };
        match first {
            _ if is_letter(first) => Some(run(text, is_letter)),
            _ if first.is_numeric() => Some(first.len_utf8()),
            _ if other(first) => Some(run(text, other)),
            _ => None,
        }
    }

    /// The length of `fixed` at the start of `text`, if it is there.
    fn prefix(&self, text: &str, fixed: &str) -> Option<usize> {
        let mut characters = text.chars();
        for expected in fixed.chars() {
            let found = characters.next()?;
            if found != expected && !(self.either_case && folded(found) == expected) {
                return None;
            }
        }
        Some(text.len() - characters.as_str().len())
    }
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|character| !belongs(character))
        .unwrap_or(text.len())
}

/// Unicode's simple case folding, for the letters of names and contractions.
fn folded(character: char) -> char {
    match character {
        'ſ' => 's',
        _ => character.to_ascii_lowercase(),
    }
}

/// `\p{L}`. `is_alphabetic` also includes numbers, marks and circled letters.
fn is_letter(character: char) -> bool {
    let is_circled = || {
        matches!(character,
            'Ⓐ'..='ⓩ' | '🄰'..='🅉' | '🅐'..='🅩' | '🅰'..='🆉')
    };
    character.is_alphabetic()
        && !character.is_numeric()
        && !is_combining_mark(character)
        && !is_circled()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use rand::rngs::StdRng;
    use rand::seq::IndexedRandom;
    use rand::{Rng, SeedableRng};
    use regex::Regex;

    use super::*;

    const PLAIN: &str = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

    #[test]
    fn every_character_has_the_class_that_regex_gives_it() {
        let [letter, number, space, unassigned] =
            [r"^\p{L}$", r"^\p{N}$", r"^\s$", r"^\p{Cn}$"].map(|class| Regex::new(class).unwrap());
        for character in '\0'..=char::MAX {
            let text = character.to_string();
            // Rust's tables may be of a later Unicode.
            if unassigned.is_match(&text) {
                continue;
            }
            assert_eq!(is_letter(character), letter.is_match(&text), "{text:?}");
            assert_eq!(character.is_numeric(), number.is_match(&text), "{text:?}");
            assert_eq!(character.is_whitespace(), space.is_match(&text), "{text:?}");
        }
    }

    #[test]
    fn random_texts_have_the_words_that_regex_finds() {
        let seed = rand::random();
        let mut random = StdRng::seed_from_u64(seed);
        let unassigned = Regex::new(r"\p{Cn}").unwrap();
        let open_clip = format!(
            r"(?i:<start_of_text>|<end_of_text>|{})|[\p{{L}}]+|[\p{{N}}]|[^\s\p{{L}}\p{{N}}\u{{345}}]+",
            CONTRACTIONS.join("|")
        );
        let hugging_face = format!(r"<\|startoftext\|>|<\|endoftext\|>|{PLAIN}");
        let kinds = [
            (
                open_clip.as_str(),
                ["<start_of_text>", "<end_of_text>"],
                true,
                Some('\u{345}'),
            ),
            (
                &hugging_face,
                ["<|startoftext|>", "<|endoftext|>"],
                false,
                None,
            ),
            (PLAIN, ["", ""], false, None),
        ];
        let kinds = kinds.map(|(pattern, names, either_case, dropped)| {
            let words = Words {
                names,
                either_case,
                dropped,
            };
            (Regex::new(pattern).unwrap(), words)
        });
        let snippets = [
            "<start_of_text>",
            "<END_of_tEXt>",
            "<ſtart_of_text>",
            "<|startoftext|>",
            "<|endoftext|>",
            "<|",
            "|>",
            "'s",
            "'ſ",
            "'S",
            "'T",
            "'re",
            "'VE",
            "'m",
            "'ll",
            "'d",
            "'",
            " ",
            "\t",
            "\u{85}",
            "\u{feff}",
            "\u{345}",
            "\u{301}",
            "9",
            "٣",
            "½",
            "Ⅷ",
            "Ⓐ",
            "🅰",
            "a",
            "Ж",
            "漢",
            "ﬆ",
            "K",
            "!",
            "_",
            "🐱",
            "\u{200d}",
            "ª",
            "ʰ",
            "ः",
        ];
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..random.random_range(0..12) {
                match random.random_range(0..4) {
                    0 => text.push(random.random()),
                    1 => text.push(char::from(random.random_range(0..0x80_u8))),
                    _ => text += snippets.choose(&mut random).unwrap(),
                }
            }
            if unassigned.is_match(&text) {
                continue;
            }
            for (pattern, words) in &kinds {
                let expected: Vec<&str> = pattern.find_iter(&text).map(|m| m.as_str()).collect();
                let found: Vec<&str> = words.of(&text).collect();
                assert_eq!(found, expected, "{text:?} by {pattern}, seed {seed}");
            }
        }
    }
}
