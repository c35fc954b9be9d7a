//! Decodes formats that only the browser knows: AVIF, and HEIC in Safari.

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, ColorSpaceConversion, ImageBitmap, ImageBitmapOptions, ImageOrientation, OffscreenCanvas,
    OffscreenCanvasRenderingContext2d, PremultiplyAlpha, WorkerGlobalScope,
};

use crate::image::Picture;
use crate::image::{ImageError, check_size};

/// Width and height of the canvas. Browsers limit a canvas more tightly than a picture, and a small
/// one takes little memory beside the bitmap and the samples.
const TILE: (u32, u32) = (4096, 256);

/// Decodes a file that [`Picture::decode`] refused. Transparent pixels keep their alpha; their
/// colours pass through a canvas, which stores them premultiplied.
///
/// # Errors
/// `refused`, the engine's own error, if the browser cannot decode the file either;
/// [`ImageError::TooManyPixels`].
pub async fn decode(file: &Blob, refused: ImageError) -> Result<Picture, ImageError> {
    let Ok(bitmap) = Bitmap::decode(file).await else {
        return Err(refused);
    };
    let (width, height) = (bitmap.0.width(), bitmap.0.height());
    check_size(width, height)?;
    match bitmap.samples() {
        Ok(rgba) => Picture::from_rgba(width as usize, height as usize, rgba),
        Err(_) => Err(refused),
    }
}

/// A bitmap, closed when dropped. Until then it holds all its pixels, and garbage collection may be
/// late.
struct Bitmap(ImageBitmap);

impl Bitmap {
    async fn decode(file: &Blob) -> Result<Self, JsValue> {
        let options = ImageBitmapOptions::new();
        options.set_image_orientation(ImageOrientation::FromImage);
        options.set_color_space_conversion(ColorSpaceConversion::None);
        options.set_premultiply_alpha(PremultiplyAlpha::None);
        let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
        let promise: Promise =
            scope.create_image_bitmap_with_blob_and_image_bitmap_options(file, &options)?;
        Ok(Self(JsFuture::from(promise).await?.unchecked_into()))
    }

    /// RGBA `[height, width, 4]`.
    fn samples(&self) -> Result<Vec<u8>, JsValue> {
        let (width, height) = (self.0.width(), self.0.height());
        let canvas = OffscreenCanvas::new(width.min(TILE.0), height.min(TILE.1))?;
        let context: OffscreenCanvasRenderingContext2d = canvas
            .get_context("2d")?
            .ok_or_else(|| JsValue::from("no canvas"))?
            .unchecked_into();
        // Drawing replaces the old pixels, alpha included.
        context.set_global_composite_operation("copy")?;
        let row = width as usize * 4;
        let mut samples = vec![0; row * height as usize];
        for top in (0..height).step_by(TILE.1 as usize) {
            for left in (0..width).step_by(TILE.0 as usize) {
                let (across, down) = (TILE.0.min(width - left), TILE.1.min(height - top));
                let (x, y) = (-f64::from(left), -f64::from(top));
                context.draw_image_with_image_bitmap(&self.0, x, y)?;
                let tile = context.get_image_data(0.0, 0.0, across.into(), down.into())?;
                let rows = samples.chunks_exact_mut(row).skip(top as usize);
                for (to, from) in rows.zip(tile.data().chunks_exact(across as usize * 4)) {
                    to[left as usize * 4..][..from.len()].copy_from_slice(from);
                }
            }
        }
        Ok(samples)
    }
}

impl Drop for Bitmap {
    fn drop(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use js_sys::{Array, Uint8Array};
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;
    use crate::image::{Preprocessing, Resize};

    wasm_bindgen_test_configure!(run_in_dedicated_worker);

    /// Largest difference in levels between Chromium's decoder and Pillow's, which both use
    /// libavif.
    const TOLERANCE: u8 = 2;

    const AVIF: &[u8] = include_bytes!("../../../../tests/fixtures/pictures/photo.avif");
    const EXPECTED: &[u8] = include_bytes!("../../../../tests/fixtures/pictures/photo.avif.png");

    fn blob(bytes: &[u8]) -> Blob {
        Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap()
    }

    fn levels(picture: &Picture) -> Vec<f32> {
        let keep = Preprocessing {
            resize: Resize::Keep,
            unit: 1.0,
            mean: [0.0; 3],
            deviation: [1.0; 3],
            ..Preprocessing::default()
        };
        picture.prepare(70, &keep)
    }

    #[wasm_bindgen_test]
    async fn the_browser_decodes_what_the_engine_refuses() {
        let refused = Picture::decode(AVIF).err().unwrap();
        assert!(matches!(refused, ImageError::Unsupported(_)));
        let picture = decode(&blob(AVIF), refused).await.unwrap();
        let expected = Picture::decode(EXPECTED).unwrap();
        assert_eq!((picture.width(), picture.height()), (96, 70));
        let (ours, theirs) = (levels(&picture), levels(&expected));
        let differences = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs());
        let worst = differences.fold(0.0, f32::max);
        assert!(worst <= f32::from(TOLERANCE), "{worst} levels off");
    }

    #[wasm_bindgen_test]
    async fn what_neither_decodes_stays_refused_as_it_was() {
        let refused = Picture::decode(b"hello").err().unwrap();
        let answer = decode(&blob(b"hello"), refused).await.err();
        assert!(matches!(answer, Some(ImageError::NotAPicture)));
    }
}
