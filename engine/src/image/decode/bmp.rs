//! BMP pictures of 16 bits a pixel: five or six bits a channel become eight as in Pillow.

use crate::image::samples::Samples;

/// Where a Windows header has its number of bits, its compression, and the mask of the green bits.
const BITS: usize = 28;
const COMPRESSION: usize = 30;
const MASKS: u8 = 3;
const GREEN_MASK: usize = 58;
const GREEN_OF_SIX_BITS: [u8; 4] = [0xe0, 0x07, 0, 0];

/// Rounds the channels down, as Pillow does (`Unpack.c`). The `image` crate rounds to the nearest.
pub(super) fn round_down(samples: &mut Samples, bytes: &[u8]) {
    if bytes.get(BITS..BITS + 2) != Some(&[16, 0]) || samples.layout.channels() != 3 {
        return;
    }
    let masked = bytes.get(COMPRESSION) == Some(&MASKS);
    let green = match masked && bytes.get(GREEN_MASK..GREEN_MASK + 4) == Some(&GREEN_OF_SIX_BITS) {
        true => 63,
        false => 31,
    };
    for pixel in samples.pixels_mut().chunks_exact_mut(3) {
        for (level, highest) in pixel.iter_mut().zip([31, green, 31]) {
            let stored = (u32::from(*level) * highest + 127) / 255;
            *level = (stored * 255 / highest) as u8;
        }
    }
}
