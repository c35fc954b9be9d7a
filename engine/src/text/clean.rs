//! What OpenAI's `simple_tokenizer.py` does to a string before it encodes it, without ftfy's
//! repair of wrongly decoded text.

use std::borrow::Cow;

use tokenizers::NormalizedString;

/// HTML entities replaced (twice, since scraped captions are often escaped twice), composed
/// characters (Unicode NFC, which both ftfy and Hugging Face apply), lower case, control
/// characters dropped and runs of white space made one space.
pub(super) fn clean(text: &str) -> String {
    let text = match text.contains('&') {
        true => Cow::Owned(htmlize::unescape(htmlize::unescape(text)).into_owned()),
        false => Cow::Borrowed(text),
    };
    let mut composed = NormalizedString::from(text.as_ref());
    composed.nfc();
    let lower = composed.get().to_lowercase();
    let mut cleaned = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        let before = cleaned.len();
        if before > 0 {
            cleaned.push(' ');
        }
        let start = cleaned.len();
        cleaned.extend(word.chars().filter(|character| !character.is_control()));
        if cleaned.len() == start {
            cleaned.truncate(before);
        }
    }
    cleaned
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
            clean("salt &amp;amp; pepper &lt;3 &#39;s"),
            "salt & pepper <3 's"
        );
        assert_eq!(clean("r&d & &nosuch;"), "r&d & &nosuch;");
    }

    #[test]
    fn letters_are_composed() {
        assert_eq!(clean("cafe\u{301}"), "caf\u{e9}");
    }

    #[test]
    fn control_characters_vanish() {
        assert_eq!(clean("ca\0t \u{1b} \u{7f}dog"), "cat dog");
    }
}
