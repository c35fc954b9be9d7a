//! What of a file's pixels Pillow mixes when it resizes them before they are RGB.

use image::ImageFormat;

/// The part of a pixel that goes into a mean of neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mixable {
    /// None: palette indices and single bits (Pillow's modes `P` and `1`) take the nearest pixel,
    /// whatever the filter.
    Nothing,
    /// The colours alone: transparency is a colour key or a palette's, not a channel.
    Colors,
    /// All channels.
    Channels,
}

impl Mixable {
    /// Looks at the header alone; of formats other than PNG and GIF all counts as channels.
    pub(super) fn of(bytes: &[u8], format: ImageFormat) -> Self {
        match format {
            ImageFormat::Png => of_png(bytes),
            ImageFormat::Gif => of_gif(bytes),
            _ => Self::Channels,
        }
    }
}

/// Bit depth and colour type in the header chunk (PNG, 11.2.1).
fn of_png(bytes: &[u8]) -> Mixable {
    match bytes.get(24..26) {
        Some([_, 3] | [1, 0]) => Mixable::Nothing,
        Some([_, 0 | 2]) => Mixable::Colors,
        _ => Mixable::Channels,
    }
}

/// The global colour table (GIF89a, 18 and 19) where there is one. Pillow opens a plain ramp of
/// grey as a grey picture.
fn of_gif(bytes: &[u8]) -> Mixable {
    let flags = bytes.get(10).copied().unwrap_or_default();
    let colors = 2usize << (flags & 7);
    let table = bytes.get(13..).unwrap_or_default().chunks_exact(3);
    let ramp = (0..=255)
        .zip(table.take(colors))
        .all(|(level, color)| color == [level; 3]);
    match flags & 0x80 != 0 && ramp {
        true => Mixable::Colors,
        false => Mixable::Nothing,
    }
}
