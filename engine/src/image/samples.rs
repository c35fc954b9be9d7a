//! A decoded picture as its decoder stored it. Rows are read upright.
//!
//! Orientation and alpha are applied a row at a time while a picture is resized, so a large one is
//! held only once. Grey becomes RGB after the resize.

use image::metadata::Orientation;

/// The channels of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
    /// Ink, not light.
    Cmyk,
}

impl Layout {
    pub(super) fn channels(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::GreyAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba | Self::Cmyk => 4,
        }
    }

    fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::Rgba)
    }

    /// The layout without alpha, and with ink converted to RGB.
    fn colors(self) -> Self {
        match self {
            Self::Grey | Self::GreyAlpha => Self::Grey,
            Self::Rgb | Self::Rgba | Self::Cmyk => Self::Rgb,
        }
    }
}

/// The channels that rows are read as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RowChannels {
    /// Grey or RGB; alpha is dropped.
    Colors,
    /// Grey or RGB; alpha is composited on white.
    OnWhite,
    /// All stored channels, as Pillow averages them: colours multiplied by alpha, and ink
    /// unchanged.
    Stored,
}

/// 8-bit samples as stored, and the orientation of the picture.
#[derive(Clone)]
pub(super) struct Samples {
    pub(super) layout: Layout,
    /// Stored width and height in pixels.
    pub(super) stored: (usize, usize),
    pub(super) bytes: Vec<u8>,
    pub(super) orientation: Orientation,
}

impl Samples {
    fn turns(&self) -> bool {
        matches!(
            self.orientation,
            Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH
        )
    }

    /// Undoes a multiplication of the colours by alpha (Pillow `unpackRGBa`).
    pub(super) fn divide_by_alpha(&mut self) {
        if !self.layout.has_alpha() {
            return;
        }
        let channels = self.layout.channels();
        for pixel in self.bytes.chunks_exact_mut(channels) {
            let alpha = pixel[channels - 1];
            for color in &mut pixel[..channels - 1] {
                *color = match alpha {
                    0 => 0,
                    _ => divide(*color, alpha),
                };
            }
        }
    }

    /// Width and height of the upright picture, in pixels.
    pub(super) fn size(&self) -> (usize, usize) {
        match self.turns() {
            true => (self.stored.1, self.stored.0),
            false => self.stored,
        }
    }

    /// Channels of a row.
    pub(super) fn channels(&self, channels: RowChannels) -> usize {
        match channels {
            RowChannels::Colors | RowChannels::OnWhite => self.layout.colors().channels(),
            RowChannels::Stored => self.layout.channels(),
        }
    }

    /// Row `y` of the upright picture. `buffer` holds it if it cannot be borrowed.
    pub(super) fn row<'a>(
        &'a self,
        y: usize,
        channels: RowChannels,
        buffer: &'a mut Vec<u8>,
    ) -> &'a [u8] {
        let stored = self.layout.channels();
        let unchanged = self.channels(channels) == stored && !self.layout.has_alpha();
        if unchanged && self.orientation == Orientation::NoTransforms {
            let length = self.stored.0 * stored;
            return &self.bytes[y * length..][..length];
        }
        buffer.clear();
        let colors = self.layout.colors().channels();
        for pixel in self.pixels(y).map(|at| &self.bytes[at..][..stored]) {
            match (self.layout, channels) {
                (Layout::GreyAlpha | Layout::Rgba, RowChannels::Stored) => {
                    let alpha = pixel[colors];
                    buffer.extend(pixel[..colors].iter().map(|value| multiply(*value, alpha)));
                    buffer.push(alpha);
                }
                (Layout::GreyAlpha | Layout::Rgba, RowChannels::OnWhite) => {
                    let alpha = pixel[colors];
                    buffer.extend(pixel[..colors].iter().map(|value| on_white(*value, alpha)));
                }
                (Layout::Cmyk, RowChannels::Stored) => buffer.extend_from_slice(pixel),
                (Layout::Cmyk, _) => buffer.extend(light(pixel)),
                _ => buffer.extend_from_slice(&pixel[..colors]),
            }
        }
        buffer
    }

    /// Converts averaged pixels to RGB, in the channels that [`Samples::row`] gives.
    pub(super) fn rgb(&self, mixed: &[u8], channels: RowChannels) -> Vec<u8> {
        let pixels = mixed.chunks_exact(self.channels(channels));
        match (self.layout, channels) {
            (Layout::Grey, _) | (Layout::GreyAlpha, RowChannels::Colors | RowChannels::OnWhite) => {
                pixels.flat_map(|pixel| [pixel[0]; 3]).collect()
            }
            (Layout::GreyAlpha, RowChannels::Stored) => pixels
                .flat_map(|pixel| [divide(pixel[0], pixel[1]); 3])
                .collect(),
            (Layout::Rgba, RowChannels::Stored) => pixels
                .flat_map(|pixel| [0, 1, 2].map(|color| divide(pixel[color], pixel[3])))
                .collect(),
            (Layout::Cmyk, RowChannels::Stored) => pixels.flat_map(light).collect(),
            (Layout::Rgb | Layout::Rgba | Layout::Cmyk, _) => mixed.to_vec(),
        }
    }

    /// Offset in `bytes` of each pixel of upright row `y`.
    fn pixels(&self, y: usize) -> impl Iterator<Item = usize> {
        let (width, height) = self.stored;
        let (right, bottom) = (width - 1, height - 1);
        let place = move |orientation, x| match orientation {
            Orientation::NoTransforms => (x, y),
            Orientation::FlipHorizontal => (right - x, y),
            Orientation::Rotate180 => (right - x, bottom - y),
            Orientation::FlipVertical => (x, bottom - y),
            Orientation::Rotate90FlipH => (y, x),
            Orientation::Rotate90 => (y, bottom - x),
            Orientation::Rotate270FlipH => (right - y, bottom - x),
            Orientation::Rotate270 => (right - y, x),
        };
        let (orientation, channels) = (self.orientation, self.layout.channels());
        (0..self.size().0).map(move |x| {
            let (x, y) = place(orientation, x);
            (y * width + x) * channels
        })
    }
}

/// `value × alpha / 255`, rounded (Pillow `MULDIV255`).
fn multiply(value: u8, alpha: u8) -> u8 {
    let product = u32::from(value) * u32::from(alpha) + 128;
    (((product >> 8) + product) >> 8) as u8
}

/// A transparent value on white (Pillow `ImagingAlphaComposite`, with its seven fractional bits).
fn on_white(value: u8, alpha: u8) -> u8 {
    let light = u32::from(value) * u32::from(alpha) + 255 * u32::from(!alpha);
    let scaled = (light + 128) << 7;
    ((((scaled >> 8) + scaled) >> 8) >> 7) as u8
}

/// `value / alpha × 255`, rounded down (Pillow `rgba2rgbA`, which leaves invisible pixels
/// unchanged).
fn divide(value: u8, alpha: u8) -> u8 {
    match alpha {
        0 | 255 => value,
        _ => (255 * u32::from(value) / u32::from(alpha)).min(255) as u8,
    }
}

/// The light that four inks leave (Pillow `cmyk2rgb`).
fn light(inks: &[u8]) -> [u8; 3] {
    let paper = !inks[3];
    [0, 1, 2].map(|ink| paper - multiply(inks[ink], paper))
}
