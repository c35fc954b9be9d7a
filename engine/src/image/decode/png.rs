//! Completes what the `image` crate reads of a PNG: end chunks, and the size of refused pictures.

use std::borrow::Cow;

const SIGNATURE: usize = 8;
/// Bytes of a chunk's length, kind and checksum, beside its data (PNG, 5.3).
const CHUNK_OVERHEAD: usize = 12;
const END: [u8; CHUNK_OVERHEAD] = [0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82];

/// The size in the header chunk, for a picture that is too large to open.
pub(super) fn size(bytes: &[u8]) -> (u32, u32) {
    (
        number(bytes, 16).unwrap_or(0),
        number(bytes, 20).unwrap_or(0),
    )
}

/// Adds an end chunk if there is none. All lines may be there without it, as browsers assume. The
/// decoder still refuses a picture that lacks lines.
pub(super) fn with_end(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut at = SIGNATURE;
    loop {
        let kind = bytes.get(at + 4..at + 8);
        let length = number(bytes, at);
        let next =
            length.and_then(|length| at.checked_add(CHUNK_OVERHEAD)?.checked_add(length as usize));
        match (kind, next) {
            (Some(b"IEND"), Some(next)) if next <= bytes.len() => return Cow::Borrowed(bytes),
            (Some(_), Some(next)) if next <= bytes.len() => at = next,
            _ => break,
        }
    }
    // A chunk that is cut short is dropped.
    let whole = &bytes[..at.min(bytes.len())];
    Cow::Owned([whole, &END].concat())
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}
