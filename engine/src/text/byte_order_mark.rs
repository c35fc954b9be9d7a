//! The mark that Windows editors put at the start of a text file.

/// The error for a text in UTF-16, which is not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utf16;

/// The bytes of a text file without a byte order mark.
///
/// # Errors
/// [`Utf16`] if the mark is that of UTF-16.
pub fn without_byte_order_mark(bytes: &[u8]) -> Result<&[u8], Utf16> {
    match bytes {
        [0xEF, 0xBB, 0xBF, text @ ..] => Ok(text),
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] => Err(Utf16),
        text => Ok(text),
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
        assert_eq!(without_byte_order_mark(b"\xFF\xFEa\0"), Err(Utf16));
        assert_eq!(without_byte_order_mark(b"\xFE\xFF\0a"), Err(Utf16));
    }
}
