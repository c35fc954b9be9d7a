//! Repairs bytes of wrongly decoded text and decodes them as UTF-8. After ftfy's `restore_byte_a0`,
//! `replace_lossy_sequences` and `utf_8_variants`.

/// Bytes allowed at one position of a sequence, as ranges.
type Class = &'static [(u8, u8)];
/// Sequences. The first that matches is used.
type Rules = &'static [&'static [Class]];

const SPACE: Class = &[(0x20, 0x20)];
const TAIL: Class = &[(0x80, 0xbf)];
const LOST: Class = &[(0x1a, 0x1a)];
const LOST_OR_MARK: Class = &[(0x1a, 0x1a), (b'?', b'?')];
const LOST_OR_TAIL: Class = &[(0x1a, 0x1a), (0x80, 0xbf)];
const LOST_MARK_OR_TAIL: Class = &[(0x1a, 0x1a), (b'?', b'?'), (0x80, 0xbf)];
const HIGH_SURROGATE: Class = &[(0xa0, 0xaf)];
const LOW_SURROGATE: Class = &[(0xb0, 0xbf)];
const SURROGATE: Class = &[(0xed, 0xed)];
const START_OF_3: Class = &[(0xe0, 0xef)];
const START_OF_4: Class = &[(0xf0, 0xf4)];
/// Tails that make likely characters beside a lost 0xA0.
const LIKELY: Class = &[(0x80, 0x84), (0x86, 0x9f), (0xa1, 0xbf)];

/// UTF-8 with a space in place of 0xA0.
const ALTERED: Rules = &[
    &[
        &[
            (0xc2, 0xc3),
            (0xc5, 0xc5),
            (0xce, 0xce),
            (0xd0, 0xd0),
            (0xd9, 0xd9),
        ],
        SPACE,
    ],
    &[&[(0xe2, 0xe3)], SPACE, LIKELY],
    &[&[(0xe0, 0xe3)], LIKELY, SPACE],
    &[&[(0xf0, 0xf0)], SPACE, TAIL, TAIL],
    &[&[(0xf0, 0xf0)], TAIL, SPACE, TAIL],
    &[&[(0xf0, 0xf0)], TAIL, TAIL, SPACE],
];

/// UTF-8 and CESU-8 with lost bytes.
const LOSSY: Rules = &[
    &[&[(0xc2, 0xdf)], LOST],
    &[&[(0xc2, 0xc3)], &[(b'?', b'?')]],
    &[
        SURROGATE,
        HIGH_SURROGATE,
        LOST_OR_MARK,
        SURROGATE,
        LOW_SURROGATE,
        LOST_MARK_OR_TAIL,
    ],
    &[
        SURROGATE,
        HIGH_SURROGATE,
        LOST_MARK_OR_TAIL,
        SURROGATE,
        LOW_SURROGATE,
        LOST_OR_MARK,
    ],
    &[START_OF_3, LOST_OR_MARK, LOST_OR_TAIL],
    &[START_OF_3, LOST_OR_TAIL, LOST_OR_MARK],
    &[START_OF_4, LOST_OR_MARK, LOST_OR_TAIL, LOST_OR_TAIL],
    &[START_OF_4, LOST_OR_TAIL, LOST_OR_MARK, LOST_OR_TAIL],
    &[START_OF_4, LOST_OR_TAIL, LOST_OR_TAIL, LOST_OR_MARK],
    &[LOST],
];

/// Replaces spaces that stand for 0xA0.
pub(super) fn restore_no_break_spaces(bytes: Vec<u8>) -> Vec<u8> {
    if (0..bytes.len()).all(|start| match_length(ALTERED, &bytes[start..]).is_none()) {
        return bytes;
    }
    replace(ALTERED, &restore_a_grave(&bytes), |sequence, mended| {
        mended.extend(sequence.iter().map(|byte| match byte {
            b' ' => 0xa0,
            _ => *byte,
        }));
    })
}

/// Keeps the space after `à` as a word of its own, but not in Portuguese contractions.
fn restore_a_grave(bytes: &[u8]) -> Vec<u8> {
    const CONTRACTIONS: [&[u8]; 5] = [b" ", b"quele", b"quela", b"quilo", b"s "];
    let mut restored = Vec::with_capacity(bytes.len());
    for (place, byte) in bytes.iter().enumerate() {
        restored.push(*byte);
        if let Some(rest) = bytes[place..].strip_prefix(b"\xc3 ")
            && !CONTRACTIONS.iter().any(|word| rest.starts_with(word))
        {
            restored.push(0xa0);
        }
    }
    restored
}

/// Replaces each UTF-8 sequence that lost a byte by a replacement character.
pub(super) fn replace_lossy_sequences(bytes: &[u8]) -> Vec<u8> {
    replace(LOSSY, bytes, |_, mended| {
        mended.extend("\u{fffd}".as_bytes());
    })
}

fn replace(rules: Rules, bytes: &[u8], write: impl Fn(&[u8], &mut Vec<u8>)) -> Vec<u8> {
    let mut mended = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let length = match match_length(rules, rest) {
            Some(length) => {
                write(&rest[..length], &mut mended);
                length
            }
            None => {
                mended.push(*first);
                1
            }
        };
        rest = &rest[length..];
    }
    mended
}

/// The length of the first rule that matches at the start of `bytes`.
fn match_length(rules: Rules, bytes: &[u8]) -> Option<usize> {
    let matches = |rule: &&&[Class]| {
        bytes.len() >= rule.len()
            && rule.iter().zip(bytes).all(|(class, byte)| {
                class
                    .iter()
                    .any(|(first, last)| (first..=last).contains(&byte))
            })
    };
    rules.iter().find(matches).map(|rule| rule.len())
}

/// Decodes UTF-8, or the variants of Java and CESU-8 if a byte suggests them.
pub(super) fn decode(bytes: Vec<u8>) -> Option<String> {
    let bytes = match bytes.contains(&0xed) || bytes.contains(&0xc0) {
        true => standard_utf8(&bytes),
        false => bytes,
    };
    String::from_utf8(bytes).ok()
}

/// Rewrites Java's two-byte zero, and pairs of surrogates of three bytes each, as UTF-8. As in
/// ftfy, a line break at the end of the text may replace the last byte of either.
fn standard_utf8(bytes: &[u8]) -> Vec<u8> {
    let mut standard = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        rest = match rest {
            [] => return standard,
            [0xc0, last, rest @ ..] if *last == 0x80 || (*last == b'\n' && rest.is_empty()) => {
                standard.push(0);
                rest
            }
            [
                0xed,
                a @ 0xa0..=0xaf,
                b @ 0x80..=0xbf,
                0xed,
                c @ 0xb0..=0xbf,
                d,
                rest @ ..,
            ] if matches!(d, 0x80..=0xbf) || (*d == b'\n' && rest.is_empty()) => {
                let bits = |byte: &u8, mask: u8, shift: u32| u32::from(byte & mask) << shift;
                let high = bits(a, 0x0f, 16) | bits(b, 0x3f, 10);
                let code = 0x10000 + (high | bits(c, 0x0f, 6) | bits(d, 0x3f, 0));
                let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                standard.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
                rest
            }
            [byte, rest @ ..] => {
                standard.push(*byte);
                rest
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_of_utf8_are_read() {
        let read = |bytes: &[u8]| decode(bytes.to_vec());
        assert_eq!(read(b"a\xc0\x80"), Some("a\0".to_owned()));
        let pair = b"\xed\xa0\xbd\xed\xb8\x8d";
        assert_eq!(read(pair), Some("\u{1f60d}".to_owned()));
        assert_eq!(read(&pair[..3]), None);
        assert_eq!(read(b"\xed\x95\x9c"), Some("한".to_owned()));
        assert_eq!(read(b"\xc0\x81"), None);
    }

    #[test]
    fn a_grave_keeps_its_space() {
        let mended = |bytes: &[u8]| decode(restore_no_break_spaces(bytes.to_vec()));
        assert_eq!(mended(b"\xc3 la mode"), Some("à la mode".to_owned()));
        assert_eq!(mended(b"\xc3 quele"), Some("àquele".to_owned()));
    }
}
