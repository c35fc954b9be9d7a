//! Draws on a canvas, and makes a file of it.

use js_sys::{Array, Function, Promise};
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, CanvasRenderingContext2d, ContextAttributes2d, File, FilePropertyBag, HtmlCanvasElement,
};

/// Of JPEG, 0 to 1. Formats without loss ignore it.
const QUALITY: f64 = 0.92;

/// A canvas of this size in pixels, outside the page; `None` if the browser refuses.
pub fn new(width: u32, height: u32) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    open(width, height, false)
}

/// As [`new`], for pixels that are read back often: the browser keeps them out of the graphics card.
pub fn for_reading(
    width: u32,
    height: u32,
) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    open(width, height, true)
}

/// A file of this media type; `None` if the browser cannot make one.
pub async fn file(canvas: &HtmlCanvasElement, kind: &str, name: &str) -> Option<File> {
    let written = Promise::new(&mut |done: Function, refuse: Function| {
        let quality = QUALITY.into();
        let started = canvas.to_blob_with_type_and_encoder_options(&done, kind, &quality);
        if started.is_err() {
            // A promise that nobody can settle would wait forever.
            let _ = refuse.call0(&JsValue::NULL);
        }
    });
    let blob: Blob = JsFuture::from(written).await.ok()?.dyn_into().ok()?;
    let options = FilePropertyBag::new();
    options.set_type(kind);
    File::new_with_blob_sequence_and_options(&Array::of1(&blob), name, &options).ok()
}

fn open(
    width: u32,
    height: u32,
    is_read: bool,
) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let options = ContextAttributes2d::new();
    options.set_will_read_frequently(is_read);
    let context = canvas.get_context_with_context_options("2d", &options);
    let context = context.ok()??.dyn_into().ok()?;
    Some((canvas, context))
}
