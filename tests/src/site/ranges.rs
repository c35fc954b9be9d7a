//! The header `Range`, as RFC 9110 defines it.

use std::ops::Range;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it: no range, or one that may be ignored.
    Whole,
    /// Some of its bytes.
    Part(Range<u64>),
    /// Bytes beyond its end.
    Beyond,
}

/// Reads the header of a request for a file of `length` bytes. Lists of ranges are ignored, as a
/// server may.
pub(super) fn wanted(header: Option<&str>, length: u64) -> Wanted {
    let range = header
        .and_then(|header| header.strip_prefix("bytes="))
        .and_then(|range| range.split_once('-'));
    let Some((first, last)) = range else {
        return Wanted::Whole;
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..length.min(last.saturating_add(1)),
        (Ok(first), Err(_)) if last.is_empty() => first..length,
        (Err(_), Ok(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return Wanted::Whole,
    };
    match range.is_empty() {
        true => Wanted::Beyond,
        false => Wanted::Part(range),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        for (header, expected) in [
            (None, Wanted::Whole),
            (Some("bytes=0-9"), Wanted::Part(0..10)),
            (Some("bytes=90-"), Wanted::Part(90..100)),
            (Some("bytes=-10"), Wanted::Part(90..100)),
            (Some("bytes=-200"), Wanted::Part(0..100)),
            (Some("bytes=90-200"), Wanted::Part(90..100)),
            (Some("bytes=100-"), Wanted::Beyond),
            (Some("bytes=-0"), Wanted::Beyond),
            (Some("bytes=100-120"), Wanted::Beyond),
            (Some("bytes=9-0"), Wanted::Whole),
            (Some("bytes=0-1,5-6"), Wanted::Whole),
            (Some("pages=0-9"), Wanted::Whole),
            (Some("bytes=a-b"), Wanted::Whole),
        ] {
            assert_eq!(wanted(header, 100), expected, "{header:?}");
        }
    }
}
