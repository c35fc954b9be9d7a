//! Draws SVG pictures, which the engine does not decode. A worker cannot draw them, so the page does.

use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlCanvasElement, HtmlImageElement};

use crate::browser::canvas;

/// Length of the shorter side in pixels: no model's input is larger.
const SHORTER_SIDE: f64 = 512.0;
/// Most pixels of the longer side.
const MAX_SIDE: f64 = 4096.0;
/// Sides of an SVG that names none.
const DEFAULT_SIDE: u32 = 512;

/// Whether a file is an SVG picture.
pub fn is_svg(file: &File) -> bool {
    file.type_() == "image/svg+xml"
}

/// Draws the SVG at `url` into a PNG file of the same name; `None` if the browser cannot.
///
/// Within an image the browser runs no script and fetches nothing.
pub async fn draw(url: &str, name: &str) -> Option<File> {
    let image = HtmlImageElement::new().ok()?;
    image.set_src(url);
    JsFuture::from(image.decode()).await.ok()?;
    let drawn = drawn(&image)?;
    canvas::file(&drawn, "image/png", name).await
}

fn drawn(image: &HtmlImageElement) -> Option<HtmlCanvasElement> {
    let side = |length| f64::from(if length == 0 { DEFAULT_SIDE } else { length });
    let (width, height) = (side(image.natural_width()), side(image.natural_height()));
    let scale = (SHORTER_SIDE / width.min(height)).min(MAX_SIDE / width.max(height));
    let (width, height) = ((width * scale).max(1.0), (height * scale).max(1.0));
    let (canvas, context) = canvas::new(width as u32, height as u32)?;
    context
        .draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height)
        .ok()?;
    Some(canvas)
}
