//! Reads and decodes picture files.

use glance_protocol::{ErrorKind, Failure};
use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use crate::error::Error;
use crate::image::ImageError;
use crate::image::Picture;
use crate::web::browser::decoder;

/// Larger files are refused before they are read into memory.
const MAX_FILE_BYTES: f64 = (256 << 20) as f64;

/// Decodes a file's bytes. The engine's decoders come first, so that a picture gives the same
/// numbers in every browser.
pub async fn decode(file: &Blob, bytes: Vec<u8>) -> Result<Picture, Error> {
    let decoded = Picture::decode(&bytes);
    drop(bytes);
    match decoded {
        Err(refused @ (ImageError::NotAPicture | ImageError::Unsupported(_))) => {
            Ok(decoder::decode(file, refused).await?)
        }
        decoded => Ok(decoded?),
    }
}

pub async fn read(file: &Blob) -> Result<Vec<u8>, Failure> {
    let refused = |message: &str| Failure {
        kind: ErrorKind::Picture,
        message: message.to_owned(),
    };
    if file.size() > MAX_FILE_BYTES {
        return Err(refused(
            "The file is larger than 256 MB; choose a smaller picture.",
        ));
    }
    let buffer = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| refused("The file cannot be read any more; add it again."))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}
