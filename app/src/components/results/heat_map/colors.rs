//! Draws the colours of regions.

use glance_protocol::Regions;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement, ImageData};

use crate::browser::canvas;

/// Longer side of the drawing in pixels; the page enlarges it.
const SIDE: f64 = 512.0;
/// Opacity of the colours, 0 to 255: the picture stays visible.
const OPACITY: u8 = 150;
/// Colours from the worst region to the best, evenly apart: five of the map "cividis" (Nuñez,
/// Anderton and Renslow 2018), which looks nearly the same to people with and without colour blindness.
const COLORS: [[f32; 3]; 5] = [
    [0.0, 34.0, 78.0],
    [63.0, 77.0, 109.0],
    [124.0, 123.0, 120.0],
    [187.0, 173.0, 107.0],
    [254.0, 232.0, 56.0],
];

/// Draws regions on a canvas with the image's proportions; `None` if the browser refuses.
pub fn draw(canvas: &HtmlCanvasElement, regions: &Regions, image: &HtmlImageElement) -> Option<()> {
    let sides = [image.natural_width(), image.natural_height()].map(f64::from);
    let scale = SIDE / sides[0].max(sides[1]).max(1.0);
    let [width, height] = sides.map(|side| (side * scale).max(1.0).round());
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas.get_context("2d").ok()??;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    let (cells, small) = canvas::new(regions.columns, regions.rows)?;
    let pixels = pixels(&regions.scores.0);
    let pixels = ImageData::new_with_u8_clamped_array(Clamped(&pixels), regions.columns).ok()?;
    small.put_image_data(&pixels, 0.0, 0.0).ok()?;
    let square = regions.square;
    // The browser blends neighbouring cells.
    context
        .draw_image_with_html_canvas_element_and_dw_and_dh(
            &cells,
            f64::from(square.left) * width,
            f64::from(square.top) * height,
            f64::from(square.width) * width,
            f64::from(square.height) * height,
        )
        .ok()
}

/// RGBA of each region: from the worst to the best, whatever their distance.
fn pixels(scores: &[f32]) -> Vec<u8> {
    let least = scores.iter().copied().fold(f32::INFINITY, f32::min);
    let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let reach = (most - least).max(f32::MIN_POSITIVE);
    let pixel = |score: &f32| {
        let [red, green, blue] = color((score - least) / reach);
        [red, green, blue, OPACITY]
    };
    scores.iter().flat_map(pixel).collect()
}

/// The colour of a share, 0 to 1.
fn color(share: f32) -> [u8; 3] {
    let steps = COLORS.len() - 1;
    let at = share.clamp(0.0, 1.0) * steps as f32;
    let below = (at as usize).min(steps - 1);
    let part = at - below as f32;
    let mix = |channel: usize| {
        let (from, to) = (COLORS[below][channel], COLORS[below + 1][channel]);
        (from + part * (to - from)).round() as u8
    };
    [mix(0), mix(1), mix(2)]
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_best_region_has_the_last_colour() {
        let found = pixels(&[-0.2, 0.0, 0.2]);
        assert_eq!(
            found,
            [0, 34, 78, 150, 124, 123, 120, 150, 254, 232, 56, 150]
        );
        assert_eq!(pixels(&[0.5, 0.5])[..4], [0, 34, 78, 150]);
    }
}
