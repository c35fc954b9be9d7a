//! A square picture in memory.

use image::RgbaImage;

/// A square picture of `side` × `side` pixels: RGBA, 8 bit, colours not multiplied by alpha, row
/// by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raster {
    /// Pixels a side, at least one.
    pub side: usize,
    /// `side * side * 4` bytes.
    pub rgba: Vec<u8>,
}

/// A decoded picture as a raster, if it is square and not empty.
pub(super) fn square(image: RgbaImage) -> Option<Raster> {
    let side = image.width();
    (side == image.height() && side > 0).then(|| Raster {
        side: side as usize,
        rgba: image.into_raw(),
    })
}
