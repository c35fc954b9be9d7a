//! The encoding of a text file: the mark that Windows editors put at its start, and wide encodings.

use thiserror::Error as ThisError;

/// An encoding of two or four bytes a character, which is not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum WideText {
    /// Two bytes.
    #[error("UTF-16")]
    Utf16,
    /// Four bytes.
    #[error("UTF-32")]
    Utf32,
}

/// The bytes of a text file without a byte order mark.
///
/// # Errors
/// [`WideText`] if the mark is that of a wide encoding, or if there is no mark and the first two
/// characters are ASCII in one (RFC 4627, section 3). Read as UTF-8, such a text has zero bytes
/// between its letters, and wrong letters beyond ASCII.
pub fn without_byte_order_mark(bytes: &[u8]) -> Result<&[u8], WideText> {
    match bytes {
        [0xEF, 0xBB, 0xBF, text @ ..] => Ok(text),
        // UTF-32 comes first: in little endian its mark begins with that of UTF-16.
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Err(WideText::Utf32),
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => Err(WideText::Utf16),
        text => match text
            .first_chunk()
            .map(|start: &[u8; 4]| start.map(|byte| byte > 0))
        {
            Some([true, false, false, false] | [false, false, false, true]) => Err(WideText::Utf32),
            Some([true, false, true, false] | [false, true, false, true]) => Err(WideText::Utf16),
            _ => Ok(text),
        },
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn only_the_mark_goes() {
        assert_eq!(without_byte_order_mark(b"\xEF\xBB\xBFa"), Ok(&b"a"[..]));
        assert_eq!(without_byte_order_mark(b"\xEF\xBB\xBF"), Ok(&b""[..]));
        assert_eq!(without_byte_order_mark(b"\xEF\xBB"), Ok(&b"\xEF\xBB"[..]));
        assert_eq!(without_byte_order_mark(b""), Ok(&b""[..]));
        assert_eq!(without_byte_order_mark(b"a\0b"), Ok(&b"a\0b"[..]));
    }

    #[test]
    fn wide_texts_are_named_with_and_without_their_mark() {
        let (two, four) = (WideText::Utf16, WideText::Utf32);
        for (bytes, expected) in [
            (&b"\xFF\xFEa\0"[..], two),
            (b"\xFE\xFF\0a", two),
            (b"a\0 \0\x2d\x4e", two),
            (b"\0a\0 \x4e\x2d", two),
            (b"\xFF\xFE\0\0a\0\0\0", four),
            (b"\0\0\xFE\xFF\0\0\0a", four),
            (b"a\0\0\0b\0\0\0", four),
            (b"\0\0\0a\0\0\0b", four),
        ] {
            assert_eq!(without_byte_order_mark(bytes), Err(expected), "{bytes:?}");
        }
    }
}
