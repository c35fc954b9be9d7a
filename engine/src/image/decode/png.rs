//! What the `image` crate needs to be told of a PNG.

use std::borrow::Cow;

const SIGNATURE: usize = 8;
/// Length, kind and checksum of a chunk, beside its data (PNG, 5.3).
const FRAME: usize = 12;
const END: [u8; FRAME] = [0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82];

/// The size in the header chunk, for a picture that is too large to open.
pub(super) fn size(bytes: &[u8]) -> (u32, u32) {
    (
        number(bytes, 16).unwrap_or(0),
        number(bytes, 20).unwrap_or(0),
    )
}

/// The file with an end chunk. Without one all lines may be there, as browsers see it; the decoder
/// refuses a picture that lacks lines.
pub(super) fn with_end(bytes: &[u8]) -> Cow<'_, [u8]> {
    let mut at = SIGNATURE;
    loop {
        let kind = bytes.get(at + 4..at + 8);
        let length = number(bytes, at);
        let next = length.and_then(|length| at.checked_add(FRAME)?.checked_add(length as usize));
        match (kind, next) {
            (Some(b"IEND"), Some(next)) if next <= bytes.len() => return Cow::Borrowed(bytes),
            (Some(_), Some(next)) if next <= bytes.len() => at = next,
            _ => break,
        }
    }
    // Of a chunk that is cut short nothing is kept.
    let whole = &bytes[..at.min(bytes.len())];
    Cow::Owned([whole, &END].concat())
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}
