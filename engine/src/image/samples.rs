//! A decoded picture as its decoder stored it.
//!
//! Colours and alpha are converted a row at a time while a picture is resized, and it is turned
//! upright afterwards, so a large one is held only once. Grey becomes RGB after the resize.

use std::ops::Range;

use image::metadata::Orientation;

use super::row::split;
use super::ycc::{YccBuffers, YccPlanes};

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
    pub(super) content: Content,
    pub(super) orientation: Orientation,
}

/// How samples are stored.
#[derive(Clone)]
pub(super) enum Content {
    /// Pixel by pixel.
    Pixels(Vec<u8>),
    /// In the planes of a JPEG, whose layout is [`Layout::Rgb`].
    Planes(YccPlanes),
}

/// How the axes of the upright picture lie in the stored one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StoredAxes {
    /// The upright picture's rows are stored columns.
    pub(super) swapped: bool,
    /// Whether the stored axis across runs backwards, and that down.
    pub(super) mirrored: [bool; 2],
}

impl Samples {
    pub(super) fn axes(&self) -> StoredAxes {
        let (swapped, mirrored) = match self.orientation {
            Orientation::NoTransforms => (false, [false, false]),
            Orientation::FlipHorizontal => (false, [true, false]),
            Orientation::Rotate180 => (false, [true, true]),
            Orientation::FlipVertical => (false, [false, true]),
            Orientation::Rotate90FlipH => (true, [false, false]),
            Orientation::Rotate90 => (true, [false, true]),
            Orientation::Rotate270FlipH => (true, [true, true]),
            Orientation::Rotate270 => (true, [true, false]),
        };
        StoredAxes { swapped, mirrored }
    }

    /// The samples that are stored pixel by pixel; none of those in planes.
    pub(super) fn pixels_mut(&mut self) -> &mut [u8] {
        match &mut self.content {
            Content::Pixels(pixels) => pixels,
            Content::Planes(_) => &mut [],
        }
    }

    /// Undoes a multiplication of the colours by alpha (Pillow `unpackRGBa`).
    pub(super) fn divide_by_alpha(&mut self) {
        if !self.layout.has_alpha() {
            return;
        }
        let channels = self.layout.channels();
        for pixel in self.pixels_mut().chunks_exact_mut(channels) {
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
        match self.axes().swapped {
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

    /// Reads some columns of the stored row `y` into a plane for each channel. Planes may be longer.
    pub(super) fn read_row(
        &self,
        y: usize,
        columns: Range<usize>,
        channels: RowChannels,
        planes: &mut [Vec<u8>],
        buffers: &mut YccBuffers,
    ) {
        let pixels = match &self.content {
            Content::Pixels(pixels) => pixels,
            Content::Planes(ycc) => {
                if let [red, green, blue] = planes {
                    let rgb = [red, green, blue].map(|plane| &mut plane[..columns.len()]);
                    ycc.read_row(y, columns, rgb, buffers);
                }
                return;
            }
        };
        let stored = self.layout.channels();
        let row = &pixels[y * self.stored.0 * stored..];
        let row = &row[columns.start * stored..columns.end * stored];
        match (self.layout, channels) {
            (Layout::Grey | Layout::Rgb, _) | (Layout::Cmyk, RowChannels::Stored) => {
                split(row, planes);
            }
            (Layout::Cmyk, _) => convert(row.as_chunks::<4>().0, planes, |inks| light(inks)),
            (Layout::GreyAlpha, RowChannels::Stored) => {
                let pixels = row.as_chunks::<2>().0;
                convert(pixels, planes, |[grey, alpha]| {
                    [multiply(*grey, *alpha), *alpha]
                });
            }
            (Layout::GreyAlpha, RowChannels::OnWhite) => {
                let pixels = row.as_chunks::<2>().0;
                convert(pixels, planes, |[grey, alpha]| [on_white(*grey, *alpha)]);
            }
            (Layout::GreyAlpha, RowChannels::Colors) => {
                convert(row.as_chunks::<2>().0, planes, |[grey, _]| [*grey]);
            }
            (Layout::Rgba, RowChannels::Stored) => {
                convert(
                    row.as_chunks::<4>().0,
                    planes,
                    |[red, green, blue, alpha]| {
                        let [red, green, blue] =
                            [red, green, blue].map(|color| multiply(*color, *alpha));
                        [red, green, blue, *alpha]
                    },
                );
            }
            (Layout::Rgba, RowChannels::OnWhite) => {
                convert(
                    row.as_chunks::<4>().0,
                    planes,
                    |[red, green, blue, alpha]| {
                        [red, green, blue].map(|color| on_white(*color, *alpha))
                    },
                );
            }
            (Layout::Rgba, RowChannels::Colors) => {
                let pixels = row.as_chunks::<4>().0;
                convert(pixels, planes, |[red, green, blue, _]| {
                    [*red, *green, *blue]
                });
            }
        }
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
}

/// Writes what `of` makes of each pixel into a plane for each channel.
fn convert<const STORED: usize, const CHANNELS: usize>(
    pixels: &[[u8; STORED]],
    planes: &mut [Vec<u8>],
    of: impl Fn(&[u8; STORED]) -> [u8; CHANNELS],
) {
    let Ok(planes) = <&mut [Vec<u8>; CHANNELS]>::try_from(planes) else {
        return;
    };
    let mut planes = planes.each_mut().map(|plane| &mut plane[..pixels.len()]);
    for (x, pixel) in pixels.iter().enumerate() {
        for (plane, sample) in planes.iter_mut().zip(of(pixel)) {
            plane[x] = sample;
        }
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
