//! Draws SVG pictures, which the engine does not decode. A worker cannot draw them, so the page does.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, Document, File, FilePropertyBag, HtmlCanvasElement,
    HtmlImageElement,
};

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
    let document = web_sys::window()?.document()?;
    let image = HtmlImageElement::new().ok()?;
    image.set_src(url);
    JsFuture::from(image.decode()).await.ok()?;
    let canvas = canvas(&document, &image)?;
    let blob: Blob = JsFuture::from(png(&canvas)).await.ok()?.dyn_into().ok()?;
    let options = FilePropertyBag::new();
    options.set_type("image/png");
    File::new_with_blob_sequence_and_options(&Array::of1(&blob), name, &options).ok()
}

fn canvas(document: &Document, image: &HtmlImageElement) -> Option<HtmlCanvasElement> {
    let side = |length| f64::from(if length == 0 { DEFAULT_SIDE } else { length });
    let (width, height) = (side(image.natural_width()), side(image.natural_height()));
    let scale = (SHORTER_SIDE / width.min(height)).min(MAX_SIDE / width.max(height));
    let (width, height) = ((width * scale).max(1.0), (height * scale).max(1.0));
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context
        .draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height)
        .ok()?;
    Some(canvas)
}

fn png(canvas: &HtmlCanvasElement) -> Promise {
    Promise::new(&mut |done: Function, refuse: Function| {
        if canvas.to_blob(&done).is_err() {
            // A promise that nobody can settle would wait forever.
            let _ = refuse.call0(&JsValue::NULL);
        }
    })
}
