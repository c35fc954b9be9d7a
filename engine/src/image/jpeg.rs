//! Whether a JPEG file reaches its end. Decoders fill what is missing with grey without a word.

const END_OF_IMAGE: u8 = 0xd9;

/// Follows the markers (ITU-T T.81, annex B) from the first to the end-of-image marker. Segments
/// are skipped whole, so the end of a thumbnail inside one does not count.
pub(super) fn is_complete(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(start) = rest.iter().position(|byte| *byte == 0xff) {
        rest = &rest[start + 1..];
        match rest.first() {
            Some(&END_OF_IMAGE) => return true,
            // A stuffed zero, a fill byte, or a marker without a segment: TEM, RST0 to RST7, SOI.
            Some(0x00 | 0xff | 0x01 | 0xd0..=0xd8) => {}
            Some(_) => match rest {
                [_, high, low, ..] => {
                    let length = usize::from(u16::from_be_bytes([*high, *low]));
                    rest = rest.get(1 + length..).unwrap_or_default();
                }
                _ => return false,
            },
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::is_complete;

    /// Start, an application segment that holds a whole thumbnail, a scan with a stuffed zero and
    /// a restart marker, the end.
    const JPEG: [u8; 25] = [
        0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9, 0xff, 0xff, 0xda, 0, 3, 1, 0x12,
        0xff, 0, 0xff, 0xd0, 0x34, 0x56, 0xff, 0xd9,
    ];

    #[test]
    fn only_the_whole_file_is_complete() {
        assert!(is_complete(&JPEG));
        for length in 0..JPEG.len() {
            assert!(!is_complete(&JPEG[..length]), "{length}");
        }
    }

    #[test]
    fn bytes_after_the_end_do_not_matter() {
        assert!(is_complete(&[&JPEG[..], &[0xff, 0xe1, 0xff]].concat()));
    }
}
