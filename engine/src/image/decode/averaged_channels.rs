//! Which channels Pillow averages when it resizes a picture before converting it to RGB.

/// The channels that may be averaged with those of neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AveragedChannels {
    /// None: palette indices and single bits (Pillow's modes `P` and `1`) take the nearest pixel,
    /// whatever the filter.
    Nothing,
    /// The colours only: transparency is a colour key or part of a palette, not a channel.
    Colors,
    /// All channels.
    Channels,
}

impl AveragedChannels {
    /// From bit depth and colour type in the header chunk (PNG, 11.2.1).
    pub(super) fn of_png(bytes: &[u8]) -> Self {
        match bytes.get(24..26) {
            Some([_, 3] | [1, 0]) => Self::Nothing,
            Some([_, 0 | 2]) => Self::Colors,
            _ => Self::Channels,
        }
    }

    /// Up to eight bits a pixel there is a palette. Pillow opens a ramp of grey as a grey picture.
    pub(super) fn of_bmp(bytes: &[u8]) -> Self {
        let number = |at: usize| bytes.get(at).map_or(0, |byte| usize::from(*byte));
        let wide = |at: usize| number(at) | number(at + 1) << 8 | number(at + 2) << 16;
        // Windows headers have 40 bytes or more. The OS/2 header has 12, and three bytes a colour.
        let header = wide(14);
        let (bits, colors, entry) = match header {
            12 => (number(24), 0, 3),
            _ => (number(28), wide(46), 4),
        };
        if bits > 8 {
            return Self::Channels;
        }
        let colors = match colors {
            0 => 1 << bits,
            colors => colors,
        };
        let palette = bytes.get(14 + header..).unwrap_or_default();
        let mut levels = palette.chunks_exact(entry).take(colors).zip(0..=255);
        // Two colours are single bits or a palette; neither is averaged.
        match colors > 2 && levels.all(|(color, level)| color[..3] == [level; 3]) {
            true => Self::Colors,
            false => Self::Nothing,
        }
    }
}
