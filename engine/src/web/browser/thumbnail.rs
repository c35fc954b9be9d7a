//! Makes small copies of pictures for the page, as JPEG files.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, ContextAttributes2d, ImageData, ImageEncodeOptions, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d,
};

use crate::image::{Picture, Preprocessing};

/// Most pixels a side.
const MOST_PIXELS: usize = 256;
/// Of JPEG, 0 to 1.
const QUALITY: f64 = 0.8;
/// Thumbnails that the browser may be making. While it is behind, other pictures get none.
const MOST_UNDER_WAY: usize = 8;
/// Pixels a side of the square that tells whether a canvas can be read.
const TESTED_PIXELS: usize = 8;
/// The largest difference of levels in that square. Some browsers add noise that nobody sees.
const TOLERANCE: u8 = 8;

/// Makes this worker's thumbnails, with one canvas.
#[derive(Default)]
pub struct Thumbnails {
    /// `None` if the browser has no canvas that can be read.
    canvas: OnceCell<Option<Canvas>>,
    under_way: Rc<Cell<usize>>,
}

impl Thumbnails {
    /// Makes a thumbnail of the levels `[size, size, 3]`, and gives the file to `send`. Does not
    /// wait for the browser to write it. If anything fails, there is no thumbnail: the page can show
    /// the picture's own file.
    pub fn make(&self, levels: &[u8], send: impl FnOnce(Vec<u8>) + 'static) {
        let canvas = self.canvas.get_or_init(Canvas::open);
        let (Some(canvas), true) = (canvas, self.under_way.get() < MOST_UNDER_WAY) else {
            return;
        };
        let Some(file) = start(canvas, levels) else {
            return;
        };
        let under_way = self.under_way.clone();
        under_way.set(under_way.get() + 1);
        spawn_local(async move {
            let jpeg = read(file).await;
            under_way.set(under_way.get() - 1);
            if let Ok(jpeg) = jpeg {
                send(jpeg);
            }
        });
    }
}

/// Starts to write a file. The canvas is free at once, because the browser copies it first.
fn start(canvas: &Canvas, levels: &[u8]) -> Option<Promise> {
    let levels = shrink(levels)?;
    canvas.draw(&levels).ok()?;
    canvas.jpeg().ok()
}

async fn read(file: Promise) -> Result<Vec<u8>, JsValue> {
    let file: Blob = JsFuture::from(file).await?.dyn_into()?;
    let bytes = JsFuture::from(file.array_buffer()).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}

/// Pixels a side of a square `[size, size, 3]`.
fn side(levels: &[u8]) -> usize {
    (levels.len() / 3).isqrt()
}

/// The square at no more than [`MOST_PIXELS`] a side.
fn shrink(levels: &[u8]) -> Option<Cow<'_, [u8]>> {
    let side = side(levels);
    if side <= MOST_PIXELS {
        return Some(Cow::Borrowed(levels));
    }
    let square = Picture::from_rgb(side, side, levels.to_vec()).ok()?;
    Some(square.levels(MOST_PIXELS, &Preprocessing::default()).into())
}

/// A canvas that can be read.
struct Canvas {
    canvas: OffscreenCanvas,
    context: OffscreenCanvasRenderingContext2d,
}

impl Canvas {
    fn open() -> Option<Self> {
        let canvas = Self::new().ok()?;
        canvas.returns_what_was_drawn().ok()?.then_some(canvas)
    }

    fn new() -> Result<Self, JsValue> {
        let canvas = OffscreenCanvas::new(TESTED_PIXELS as u32, TESTED_PIXELS as u32)?;
        let options = ContextAttributes2d::new();
        // Keeps the pixels in memory. From the graphics card they would have to be fetched.
        options.set_will_read_frequently(true);
        let context = canvas
            .get_context_with_context_options("2d", &options)?
            .ok_or_else(|| JsValue::from("no canvas"))?
            .unchecked_into();
        Ok(Self { canvas, context })
    }

    /// Draws a square `[size, size, 3]`, and makes the canvas as large.
    fn draw(&self, levels: &[u8]) -> Result<(), JsValue> {
        let side = side(levels) as u32;
        if self.canvas.width() != side {
            self.canvas.set_width(side);
            self.canvas.set_height(side);
        }
        let (pixels, _) = levels.as_chunks::<3>();
        let opaque = |[red, green, blue]: &[u8; 3]| [*red, *green, *blue, u8::MAX];
        let rgba: Vec<u8> = pixels.iter().flat_map(opaque).collect();
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&rgba), side, side)?;
        self.context.put_image_data(&image, 0.0, 0.0)
    }

    /// Whether it does: browsers that resist fingerprinting return noise or a plain square.
    fn returns_what_was_drawn(&self) -> Result<bool, JsValue> {
        let count = TESTED_PIXELS * TESTED_PIXELS * 3;
        let levels: Vec<u8> = (0..count).map(|index| (index * 37 % 256) as u8).collect();
        self.draw(&levels)?;
        let side = TESTED_PIXELS as f64;
        let data = self.context.get_image_data(0.0, 0.0, side, side)?.data();
        let found = data.chunks_exact(4).flat_map(|pixel| &pixel[..3]);
        let mut pairs = found.zip(&levels);
        Ok(pairs.all(|(found, drawn)| found.abs_diff(*drawn) <= TOLERANCE))
    }

    fn jpeg(&self) -> Result<Promise, JsValue> {
        let options = ImageEncodeOptions::new();
        options.set_type("image/jpeg");
        options.set_quality(QUALITY);
        self.canvas.convert_to_blob_with_options(&options)
    }
}

#[cfg(test)]
mod tests {
    use futures_channel::oneshot;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_dedicated_worker);

    /// Mean difference of levels that JPEG may cause in a smooth picture.
    const MEAN_DIFFERENCE: f64 = 4.0;

    /// A smooth square: red grows to the right, green downwards.
    fn square(side: usize) -> Vec<u8> {
        let level = |at: usize| (at * 255 / side) as u8;
        let pixels = (0..side * side).flat_map(|at| [level(at % side), level(at / side), 128]);
        pixels.collect()
    }

    async fn thumbnail(thumbnails: &Thumbnails, side: usize) -> Picture {
        let (sender, receiver) = oneshot::channel();
        thumbnails.make(&square(side), |jpeg| {
            let _ = sender.send(jpeg);
        });
        let jpeg = receiver.await.expect("the browser writes a thumbnail");
        assert!(jpeg.starts_with(&[0xff, 0xd8]), "it is a JPEG file");
        Picture::decode(&jpeg).expect("it is whole")
    }

    #[wasm_bindgen_test]
    async fn a_thumbnail_shows_the_square() {
        let thumbnails = Thumbnails::default();
        // One canvas for all: it grows, shrinks and stays.
        for (side, expected) in [(224, 224), (336, 256), (32, 32), (32, 32)] {
            let found = thumbnail(&thumbnails, side).await;
            assert_eq!((found.width(), found.height()), (expected, expected));
            let found = found.levels(expected, &Preprocessing::default());
            let pairs = found.iter().zip(square(expected));
            let sum: f64 = pairs.map(|(a, b)| f64::from(a.abs_diff(b))).sum();
            let mean = sum / found.len() as f64;
            assert!(mean < MEAN_DIFFERENCE, "{mean} levels off at {side} pixels");
        }
    }

    #[wasm_bindgen_test]
    async fn few_thumbnails_are_under_way() {
        let thumbnails = Thumbnails::default();
        let made = Rc::new(Cell::new(0));
        for _ in 0..2 * MOST_UNDER_WAY {
            let made = made.clone();
            thumbnails.make(&square(32), move |_| made.set(made.get() + 1));
        }
        assert_eq!(thumbnails.under_way.get(), MOST_UNDER_WAY);
        while thumbnails.under_way.get() > 0 {
            gloo_timers::future::TimeoutFuture::new(1).await;
        }
        assert_eq!(made.get(), MOST_UNDER_WAY);
    }
}
