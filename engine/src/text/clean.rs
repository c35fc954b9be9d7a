//! Cleans a string as open_clip's tokenizer does before encoding (`clean="lower"`).

use super::{ftfy, html};

/// Repairs damage, replaces HTML references (twice, because scraped captions are often escaped
/// twice), joins each run of white space into one space, and lower-cases.
///
/// Equals the reference under CPython 3.11 for every character of Unicode 14. That Python treats
/// later letters as unassigned; here they are lower-cased, composed and treated as letters if
/// Rust's tables have them. A decimal reference of more than 4,300 digits is an error in Python and
/// U+FFFD here.
pub(super) fn clean(text: &str) -> String {
    let fixed = ftfy::fix_text(text);
    let unescaped = html::unescape(&fixed);
    let unescaped = html::unescape(&unescaped);
    let mut spaced = String::with_capacity(unescaped.len());
    for word in unescaped.split(is_white_space) {
        if !word.is_empty() && !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced.to_lowercase()
}

/// White space as in Python's `str.split`, which includes four separators of ASCII.
fn is_white_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{1c}'..='\u{1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_collapses_and_case_folds() {
        assert_eq!(clean("  A\t Photo\u{a0}of\r\n ΣΑΣ "), "a photo of σας");
        assert_eq!(clean(" \n "), "");
    }

    #[test]
    fn entities_are_replaced_twice() {
        assert_eq!(clean("salt &amp; pepper"), "salt & pepper");
        assert_eq!(
            clean("<i>salt &amp;amp;amp; pepper &lt;3 &#39;s"),
            "<i>salt &amp; pepper <3 's"
        );
        assert_eq!(clean("r&d & &nosuch;"), "r&d & &nosuch;");
    }

    #[test]
    fn control_characters_vanish() {
        assert_eq!(clean("ca\0t \u{1b} \u{7f}dog"), "cat dog");
    }
}
