//! Replaces single characters by plainer ones. After ftfy's `fixes`, in its order.

use super::charmap::windows_1252;
use super::tables::{SPELLED_OUT, WIDTHS};
use crate::text::pattern::Pattern;

thread_local! {
    /// Sequences that colour text in a terminal. As in ftfy, digits may be of any script.
    static TERMINAL_ESCAPE: Pattern = Pattern::new(r"\x1b\[[\p{Nd};]*[a-zA-Z]");
}

/// Makes control characters, ligatures, widths, quotes and line breaks plain, drops terminal
/// escapes and composes letters. ftfy also joins surrogates, which no Rust string has.
pub(super) fn fix_characters(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().map(windows_1252).peekable();
    while let Some(character) = characters.next() {
        match character {
            ' '..='~' => plain.push(character),
            '\r' if characters.peek() == Some(&'\n') => {}
            _ => match SPELLED_OUT.binary_search_by_key(&character, |pair| pair.0) {
                Ok(place) => plain.extend(SPELLED_OUT[place].1.chars().map(plain_form)),
                Err(_) => plain.push(plain_form(character)),
            },
        }
    }
    if plain.contains('\u{1b}') {
        plain = TERMINAL_ESCAPE.with(|escape| escape.removed_from(&plain));
    }
    plain.retain(|character| !is_stray_control(character));
    match plain.is_ascii() {
        true => plain,
        false => composed(&plain),
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn composed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;

    text.nfc().collect()
}

/// Uses the browser's composition tables; our own would add 46 kB to its download.
#[cfg(target_arch = "wasm32")]
fn composed(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFC").into()
}

fn plain_form(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{2bc}' | '\u{2018}'..='\u{201b}' => '\'',
        '\u{201c}'..='\u{201f}' => '"',
        '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => '\n',
        '\u{ff01}'.. => match WIDTHS.get(character as usize - 0xff01) {
            Some(usual) => *usual,
            None => character,
        },
        _ => character,
    }
}

/// Whether a character is a control without visible effect, an annotation mark, or the byte order
/// mark.
fn is_stray_control(character: char) -> bool {
    matches!(character,
        '\0'..='\u{8}' | '\u{b}' | '\u{e}'..='\u{1f}' | '\u{7f}'
        | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_become_plain() {
        for (text, plain) in [
            ("ﬁ ŉ ǅ", "fi 'n Dž"),
            ("Ａ１！\u{3000}ｶﾞ ￣", "A1! ガ  \u{304}"),
            ("“a” ‘b’", "\"a\" 'b'"),
            ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
            ("\u{1b}[36;44mblue\u{1b}[0m \u{1b}[x", "blue "),
            ("\u{feff}a\0b\u{7f}", "ab"),
            ("cafe\u{301} \u{93}\u{81}", "café \"\u{81}"),
        ] {
            assert_eq!(fix_characters(text), plain, "{text:?}");
        }
    }
}
