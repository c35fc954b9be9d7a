//! The frames of a video.

use js_sys::{Function, Promise};
use leptos::prelude::window;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, File, HtmlVideoElement};

use crate::browser::canvas;
use crate::browser::feature::property;

/// Pixels a side of the square that the engine gets; most models look at 224.
pub const SIDE: u32 = 256;

/// `HTMLMediaElement.HAVE_CURRENT_DATA`.
const HAVE_CURRENT_DATA: u16 = 2;

/// Reads the centre squares of frames, with one canvas.
pub struct Squares(CanvasRenderingContext2d);

impl Squares {
    /// `None` if the browser has no canvas.
    pub fn new() -> Option<Self> {
        canvas::for_reading(SIDE, SIDE).map(|(_, context)| Self(context))
    }

    /// The centre square of the frame that the video shows, as RGBA `[SIDE, SIDE, 4]`; `None` if it
    /// shows none.
    pub fn read(&self, video: &HtmlVideoElement) -> Option<Vec<u8>> {
        let (width, height) = size(video)?;
        let (left, top, side) = centre_square(f64::from(width), f64::from(height));
        let to = f64::from(SIDE);
        self.0
            .draw_image_with_html_video_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                video, left, top, side, side, 0.0, 0.0, to, to,
            )
            .ok()?;
        let pixels = self.0.get_image_data(0.0, 0.0, to, to).ok()?;
        Some(pixels.data().0)
    }
}

/// A promise of the video's next frame, and a function that keeps it early.
pub fn next(video: &HtmlVideoElement) -> (Promise, Function) {
    let mut keep = None;
    let came = Promise::new(&mut |resolve, _| {
        let asked = match property::<Function>(video, "requestVideoFrameCallback") {
            Some(request) => request.call1(video, &resolve).map(drop),
            None => window().request_animation_frame(&resolve).map(drop),
        };
        if let Err(error) = asked {
            web_sys::console::error_1(&error);
        }
        keep = Some(resolve);
    });
    (came, keep.unwrap_or_default())
}

/// The whole frame that the video shows, or its first one, as a JPEG file; `None` if the browser cannot.
pub async fn still(video: &HtmlVideoElement, name: &str) -> Option<File> {
    if size(video).is_none() {
        let (first, _) = next(video);
        JsFuture::from(first).await.ok()?;
    }
    let (width, height) = size(video)?;
    let (canvas, context) = canvas::new(width, height)?;
    context
        .draw_image_with_html_video_element(video, 0.0, 0.0)
        .ok()?;
    canvas::file(&canvas, "image/jpeg", name).await
}

/// Pixels across and down.
fn size(video: &HtmlVideoElement) -> Option<(u32, u32)> {
    let size @ (width, height) = (video.video_width(), video.video_height());
    (video.ready_state() >= HAVE_CURRENT_DATA && width > 0 && height > 0).then_some(size)
}

/// The largest square in the middle of a frame: left, top and side.
fn centre_square(width: f64, height: f64) -> (f64, f64, f64) {
    let side = width.min(height);
    ((width - side) / 2.0, (height - side) / 2.0, side)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_square_lies_in_the_middle() {
        assert_eq!(centre_square(1280.0, 720.0), (280.0, 0.0, 720.0));
        assert_eq!(centre_square(720.0, 1280.0), (0.0, 280.0, 720.0));
        assert_eq!(centre_square(480.0, 480.0), (0.0, 0.0, 480.0));
        assert_eq!(centre_square(3.0, 2.0), (0.5, 0.0, 2.0));
    }
}
