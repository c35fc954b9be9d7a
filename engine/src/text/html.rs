//! HTML character references, replaced as Python's `html.unescape` and ftfy do.

use std::borrow::Cow;

/// Replaces references as Python's `html.unescape` does. It follows HTML5, but drops references to
/// invalid characters.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    replace_references(text, |after| match after.strip_prefix('#') {
        Some(digits) => numeric(digits).map(|(text, length)| (text, length + 1)),
        None => named(after),
    })
}

/// Replaces only unambiguous references, as ftfy does: those that end in a semicolon. A name in
/// capitals counts if HTML has it only in lower case.
pub(super) fn unescape_unambiguous(text: &str) -> Cow<'_, str> {
    replace_references(text, |after| {
        let body = after.strip_prefix('#').unwrap_or(after);
        let length = name_length(body);
        if !(1..=24).contains(&length) || !body[length..].starts_with(';') {
            return None;
        }
        let length = after.len() - body.len() + length + 1;
        let reference = &after[..length];
        let replacement = match reference.strip_prefix('#') {
            Some(digits) => match numeric(digits) {
                Some((text, used)) if used == digits.len() && !text.contains(';') => text,
                _ => return None,
            },
            None => whole_name(reference).or_else(|| uppercase_name(reference))?,
        };
        Some((replacement, length))
    })
}

/// Replaces each `&` and the bytes after it as `replacement` says, which returns the text and how
/// many bytes it replaces.
fn replace_references(
    text: &str,
    replacement: impl Fn(&str) -> Option<(String, usize)>,
) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        replaced.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        rest = match replacement(after) {
            Some((text, length)) => {
                replaced.push_str(&text);
                &after[length..]
            }
            None => {
                replaced.push('&');
                after
            }
        };
    }
    replaced.push_str(rest);
    Cow::Owned(replaced)
}

/// The text of a numeric reference that starts `text`, and its length in bytes.
fn numeric(text: &str) -> Option<(String, usize)> {
    let (radix, digits) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (16, digits),
        None => (10, text),
    };
    let count = digits
        .bytes()
        .take_while(|byte| char::from(*byte).is_digit(radix))
        .count();
    if count == 0 {
        return None;
    }
    let code = digits[..count].bytes().fold(0, |code: u32, digit| {
        let value = char::from(digit).to_digit(radix).unwrap_or(0);
        code.saturating_mul(radix).saturating_add(value)
    });
    let semicolon = usize::from(digits[count..].starts_with(';'));
    let length = text.len() - digits.len() + count + semicolon;
    Some((code_point_text(code), length))
}

/// The text that Python's `html` module gives for a code point.
fn code_point_text(code: u32) -> String {
    let dropped = matches!(code, 0x1..=0x8 | 0xb | 0xe..=0x1f | 0x7f | 0xfdd0..=0xfdef)
        || (code & 0xfffe == 0xfffe && code <= 0x10_ffff);
    match code {
        // HTML reads these bytes as Windows-1252.
        0x80..=0x9f => htmlize::unescape(format!("&#{code};")).into_owned(),
        _ if dropped => String::new(),
        0 => char::REPLACEMENT_CHARACTER.into(),
        _ => char::from_u32(code)
            .unwrap_or(char::REPLACEMENT_CHARACTER)
            .into(),
    }
}

/// The text of the longest name at the start of `after`, and its length in bytes.
fn named(after: &str) -> Option<(String, usize)> {
    let length = name_length(after).min(LONGEST_NAME);
    let length = length + usize::from(after[length..].starts_with(';'));
    let text = replaced(&after[..length])?;
    Some((text, length))
}

/// The text of a reference whose every letter belongs to the name.
fn whole_name(reference: &str) -> Option<String> {
    replaced(reference).filter(|text| text == ";" || !text.ends_with(';'))
}

/// The text of a name in capitals that HTML has only in lower case.
fn uppercase_name(reference: &str) -> Option<String> {
    let shouted = !reference.contains(|letter: char| letter.is_ascii_lowercase());
    match shouted && replaced(reference).is_none() {
        true => whole_name(&reference.to_ascii_lowercase()).map(|text| text.to_uppercase()),
        false => None,
    }
}

/// Letters and digits of HTML's longest name.
const LONGEST_NAME: usize = 31;

fn name_length(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_alphanumeric).count()
}

/// The text of a name, or of its longest prefix that is a name with the rest after it.
fn replaced(name: &str) -> Option<String> {
    let reference = format!("&{name}");
    match htmlize::unescape(reference.as_str()) {
        Cow::Owned(text) if text != reference => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_replaced_as_in_python() {
        for (text, plain) in [
            ("&amp;&lt&gt;", "&<>"),
            ("&notit; &notin; &semi;", "¬it; ∉ ;"),
            ("&#65;&#x42;&#X43", "ABC"),
            ("&#128;&#129;&#0;&#13;", "€\u{81}\u{fffd}\r"),
            ("a&#1;b&#xfdd0;c&#x1ffff;", "abc"),
            (
                "&#xd800;&#x110000;&#99999999999999999999;",
                "\u{fffd}\u{fffd}\u{fffd}",
            ),
            ("&#; &#x; & &; &nosuch; &#xg", "&#; &#x; & &; &nosuch; &#xg"),
            ("&CounterClockwiseContourIntegral;", "∳"),
        ] {
            assert_eq!(unescape(text), plain, "{text:?}");
        }
    }

    #[test]
    fn only_unambiguous_references_are() {
        for (text, plain) in [
            ("&amp; &amp &notit; &semi;", "& &amp &notit; ;"),
            ("&EACUTE; &SZLIG; &nTILDE; &AMP;", "É SS &nTILDE; &"),
            ("&#59; &#x3b; &#65a; &#66;", "&#59; &#x3b; &#65a; B"),
            (
                "&CounterClockwiseContourIntegral;",
                "&CounterClockwiseContourIntegral;",
            ),
        ] {
            assert_eq!(unescape_unambiguous(text), plain, "{text:?}");
        }
    }
}
