//! How a JPEG file ends: whether all its scans are there.

/// Most components of a picture, and of a scan, that matter here. The decoder refuses more; without
/// a bound, a file of many scans of many components would take hours.
const MAX_COMPONENTS: usize = 4;

pub(super) const END_OF_IMAGE: u8 = 0xd9;

/// How a file ends. This is checked because decoders silently fill missing parts with grey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With the end-of-image marker.
    Marked,
    /// After all scans, but without the marker, as some phones write it.
    Unmarked,
    /// Before the end of the scans.
    Missing,
}

impl End {
    /// Follows the markers (ITU-T T.81, annex B) from the first to the end-of-image marker.
    /// Segments are skipped whole, so the end of a thumbnail inside one does not count.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut lacks = MissingBits::default();
        let mut rest = bytes;
        while let Some(start) = rest.iter().position(|byte| *byte == 0xff) {
            rest = &rest[start + 1..];
            match *rest {
                [END_OF_IMAGE, ..] => return Self::Marked,
                // A stuffed zero, a fill byte, or a marker without a segment: TEM, RST0 to RST7,
                // SOI.
                [0x00 | 0xff | 0x01 | 0xd0..=0xd8, ..] => {}
                [marker, high, low, ..] => {
                    let length = usize::from(u16::from_be_bytes([high, low]));
                    let Some(segment) = rest.get(3..1 + length) else {
                        break;
                    };
                    lacks.follow(marker, segment);
                    rest = &rest[1 + length..];
                }
                _ => break,
            }
        }
        match lacks.nothing() {
            true => Self::Unmarked,
            false => Self::Missing,
        }
    }
}

/// The bits that each coefficient of each component still lacks. In a progressive picture, later
/// scans add the lower bits.
#[derive(Default)]
struct MissingBits(Vec<(u8, [u8; 64])>);

impl MissingBits {
    fn follow(&mut self, marker: u8, segment: &[u8]) {
        match (marker, segment) {
            // A frame: precision, height, width, the number of components, three bytes for each.
            (0xc0..=0xc3 | 0xc9..=0xcb, [_, _, _, _, _, _, components @ ..]) => {
                let all = [u8::MAX; 64];
                let components = components.chunks_exact(3).take(MAX_COMPONENTS);
                self.0 = components.map(|of| (of[0], all)).collect();
            }
            // A scan: the number of components, two bytes for each, the first and the last
            // coefficient, and the bits sent before and left after.
            (0xda, [components, parameters @ ..]) => {
                let (components, [first, last, bits]) =
                    match parameters.split_at_checked(2 * usize::from(*components)) {
                        Some((components, &[first, last, bits])) => {
                            (components, [first, last, bits].map(usize::from))
                        }
                        _ => return,
                    };
                for component in components.chunks_exact(2).take(MAX_COMPONENTS) {
                    let of_it = self.0.iter_mut().filter(|(id, _)| *id == component[0]);
                    for coefficient in of_it.flat_map(|(_, left)| left.get_mut(first..=last)) {
                        coefficient.fill((bits & 0xf) as u8);
                    }
                }
            }
            _ => {}
        }
    }

    fn nothing(&self) -> bool {
        let mut components = self.0.iter();
        !self.0.is_empty() && components.all(|(_, left)| *left == [0; 64])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Start, an application segment that holds a whole thumbnail, a scan with a stuffed zero and
    /// a restart marker, the end.
    const JPEG: [u8; 25] = [
        0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd8, 0xff, 0xd9, 0xff, 0xff, 0xda, 0, 3, 1, 0x12,
        0xff, 0, 0xff, 0xd0, 0x34, 0x56, 0xff, 0xd9,
    ];

    #[test]
    fn only_the_whole_file_has_an_end() {
        assert_eq!(End::of(&JPEG), End::Marked);
        for length in 0..JPEG.len() {
            assert_eq!(End::of(&JPEG[..length]), End::Missing, "{length}");
        }
    }

    /// Four megabytes of these took minutes.
    #[test]
    fn scans_of_many_components_take_no_time_each() {
        let segment = |marker: u8, body: &[u8]| {
            let length = (body.len() as u16 + 2).to_be_bytes();
            [&[0xff, marker][..], &length, body].concat()
        };
        let components = [1, 0x11, 0].repeat(21_000);
        let frame = segment(0xc2, &[&[8, 0, 8, 0, 8, 0][..], &components].concat());
        let scan = segment(
            0xda,
            &[&[255][..], &[1, 0].repeat(255), &[0, 63, 1]].concat(),
        );
        let file = [&[0xff, 0xd8][..], &frame, &scan.repeat(8_000)].concat();
        assert_eq!(End::of(&file), End::Missing);
    }

    #[test]
    fn bytes_after_the_end_do_not_matter() {
        let longer = [&JPEG[..], &[0xff, 0xe1, 0xff]].concat();
        assert_eq!(End::of(&longer), End::Marked);
    }
}
