//! Completes what the `image` crate reads of a PNG: end chunks, orientations behind the picture, and
//! the size of refused pictures.

use std::borrow::Cow;

use image::metadata::Orientation;

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
    let mut end = SIGNATURE;
    for (kind, data) in chunks(bytes) {
        if &kind == b"IEND" {
            return Cow::Borrowed(bytes);
        }
        end += CHUNK_OVERHEAD + data.len();
    }
    // A chunk that is cut short is dropped.
    let whole = &bytes[..end.min(bytes.len())];
    Cow::Owned([whole, &END].concat())
}

/// The orientation in the EXIF chunk, which may lie behind the picture, where the `image` crate
/// does not look.
pub(super) fn orientation(bytes: &[u8]) -> Option<Orientation> {
    let mut chunks = chunks(bytes).take_while(|(kind, _)| kind != b"IEND");
    let (_, exif) = chunks.find(|(kind, _)| kind == b"eXIf")?;
    Orientation::from_exif_chunk(exif)
}

/// Kinds and data of the chunks, until one is cut short.
fn chunks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut at = SIGNATURE;
    std::iter::from_fn(move || {
        let length = number(bytes, at)? as usize;
        let kind = number(bytes, at + 4)?.to_be_bytes();
        let start = at + 8;
        let next = at.checked_add(CHUNK_OVERHEAD)?.checked_add(length)?;
        if next > bytes.len() {
            return None;
        }
        at = next;
        Some((kind, &bytes[start..start + length]))
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}
