//! A decoded picture as its decoder left it, read upright row by row.
//!
//! Turning, widening grey to RGB and weighing by alpha happen a row at a time while a picture is
//! resized, so that a large one is held once.

use image::metadata::Orientation;

/// What the samples of a pixel are.
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

    /// What is left without alpha and ink.
    fn colors(self) -> Self {
        match self {
            Self::Grey | Self::GreyAlpha => Self::Grey,
            Self::Rgb | Self::Rgba | Self::Cmyk => Self::Rgb,
        }
    }
}

/// What a row is wanted as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mixing {
    /// Grey or RGB, without the rest.
    Colors,
    /// Grey or RGB, on white where there is alpha.
    OnWhite,
    /// All that is stored, as Pillow mixes it: alpha multiplied into the colours before it, and
    /// ink as it is.
    Stored,
}

/// 8-bit samples as they are stored, and how to hold the picture.
#[derive(Clone)]
pub(super) struct Samples {
    pub(super) layout: Layout,
    /// Pixels across and down as stored.
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

    /// Pixels across and down when held upright.
    pub(super) fn size(&self) -> (usize, usize) {
        match self.turns() {
            true => (self.stored.1, self.stored.0),
            false => self.stored,
        }
    }

    /// Channels of a row.
    pub(super) fn channels(&self, mixing: Mixing) -> usize {
        match mixing {
            Mixing::Colors | Mixing::OnWhite => self.layout.colors().channels(),
            Mixing::Stored => self.layout.channels(),
        }
    }

    /// Row `y` of the upright picture; `buffer` holds it where it cannot be borrowed.
    pub(super) fn row<'a>(&'a self, y: usize, mixing: Mixing, buffer: &'a mut Vec<u8>) -> &'a [u8] {
        let channels = self.layout.channels();
        let unchanged = self.channels(mixing) == channels && !self.layout.has_alpha();
        if unchanged && self.orientation == Orientation::NoTransforms {
            let length = self.stored.0 * channels;
            return &self.bytes[y * length..][..length];
        }
        buffer.clear();
        let colors = self.layout.colors().channels();
        for pixel in self.pixels(y).map(|at| &self.bytes[at..][..channels]) {
            match (self.layout, mixing) {
                (Layout::GreyAlpha | Layout::Rgba, Mixing::Stored) => {
                    let alpha = pixel[colors];
                    buffer.extend(pixel[..colors].iter().map(|value| multiply(*value, alpha)));
                    buffer.push(alpha);
                }
                (Layout::GreyAlpha | Layout::Rgba, Mixing::OnWhite) => {
                    let alpha = pixel[colors];
                    buffer.extend(pixel[..colors].iter().map(|value| on_white(*value, alpha)));
                }
                (Layout::Cmyk, Mixing::Stored) => buffer.extend_from_slice(pixel),
                (Layout::Cmyk, _) => buffer.extend(light(pixel)),
                _ => buffer.extend_from_slice(&pixel[..colors]),
            }
        }
        buffer
    }

    /// Makes pixels that were mixed as [`Samples::row`] gives them RGB.
    pub(super) fn rgb(&self, mixed: &[u8], mixing: Mixing) -> Vec<u8> {
        let pixels = mixed.chunks_exact(self.channels(mixing));
        match (self.layout, mixing) {
            (Layout::Grey, _) | (Layout::GreyAlpha, Mixing::Colors | Mixing::OnWhite) => {
                pixels.flat_map(|pixel| [pixel[0]; 3]).collect()
            }
            (Layout::GreyAlpha, Mixing::Stored) => pixels
                .flat_map(|pixel| [divide(pixel[0], pixel[1]); 3])
                .collect(),
            (Layout::Rgba, Mixing::Stored) => pixels
                .flat_map(|pixel| [0, 1, 2].map(|color| divide(pixel[color], pixel[3])))
                .collect(),
            (Layout::Cmyk, Mixing::Stored) => pixels.flat_map(light).collect(),
            (Layout::Rgb | Layout::Rgba | Layout::Cmyk, _) => mixed.to_vec(),
        }
    }

    /// Where in `bytes` each pixel of upright row `y` starts.
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

/// A transparent value on white (Pillow `ImagingAlphaComposite`, with its seven bits after the point).
fn on_white(value: u8, alpha: u8) -> u8 {
    let light = u32::from(value) * u32::from(alpha) + 255 * u32::from(!alpha);
    let scaled = (light + 128) << 7;
    ((((scaled >> 8) + scaled) >> 8) >> 7) as u8
}

/// `value / alpha × 255`, rounded down (Pillow `rgba2rgbA`, which leaves what is invisible alone).
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
