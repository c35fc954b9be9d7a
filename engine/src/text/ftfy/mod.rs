//! Repairs damaged text as ftfy 6.3.1 does (<https://ftfy.readthedocs.io>, Apache-2.0), with the
//! settings of open_clip's `basic_clean`. [`tables`] are ftfy's character data; the code is our
//! own.

mod bytes;
mod characters;
mod charmap;
mod effort;
mod encoding;
mod single_byte;
mod tables;

use std::borrow::Cow;

use super::html;
use effort::Effort;

/// Repairs `text` line by line. A `<` shows that the text is HTML: from that line on, HTML entities
/// stay.
pub(super) fn fix_text(text: &str) -> String {
    let mut effort = Effort::default();
    let mut is_html = false;
    let mut fixed = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        is_html |= line.contains('<');
        fixed.push_str(&fix_line(line, is_html, &mut effort));
    }
    fixed
}

/// Applies every fix until none changes anything.
fn fix_line(line: &str, is_html: bool, effort: &mut Effort) -> String {
    let mut line = line.to_owned();
    while effort.spend(&line) {
        let unescaped = match is_html {
            true => Cow::Borrowed(line.as_str()),
            false => html::unescape_unambiguous(&line),
        };
        let fixed = characters::fix_characters(&encoding::fix_encoding(&unescaped, effort));
        if fixed == line {
            break;
        }
        line = fixed;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mojibake_is_repaired() {
        for (text, fixed) in [
            ("âœ” No problems", "✔ No problems"),
            (
                "The Mona Lisa doesnÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢t",
                "The Mona Lisa doesn't",
            ),
            ("voilÃ le travail", "voilà le travail"),
            ("â€œ like this â€�", "\" like this �"),
            ("plain text", "plain text"),
        ] {
            assert_eq!(fix_text(text), fixed, "{text:?}");
        }
    }

    #[test]
    fn entities_stay_from_the_first_tag_on() {
        assert_eq!(
            fix_text("&eacute;\n<b> &eacute;\n&eacute;"),
            "é\n<b> &eacute;\n&eacute;"
        );
    }

    #[test]
    fn text_that_unfolds_forever_is_left() {
        let text = format!("&{}lt;", "amp;".repeat(24_000));
        let fixed = fix_text(&text);
        assert!(fixed.len() < text.len() && fixed.ends_with("amp;lt;"));
    }
}
