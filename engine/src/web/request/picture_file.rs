//! Reads, hashes and decodes picture files.

use std::future::{Ready, ready};

use glance_protocol::{ErrorKind, Failure};
use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
#[cfg(feature = "split")]
use wasm_split_helpers::wasm_split;
use web_sys::Blob;

use crate::error::Error;
use crate::image::ImageError;
use crate::image::Picture;
use crate::timeline::{Stage, span};
use crate::web::browser::decoder;
use crate::web::browser::digest::sha256;
use crate::web::missing_code::MissingCode;

/// Larger files are refused before they are read into memory.
const MAX_FILE_BYTES: f64 = (256 << 20) as f64;

/// What a picture file holds.
pub struct FileContent {
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    /// Its bytes, outside WebAssembly's memory.
    pub bytes: Uint8Array,
}

/// Decodes a file's bytes. The engine's decoders come first, so that a picture gives the same
/// numbers in every browser.
pub async fn decode(file: &Blob, bytes: Uint8Array) -> Result<Picture, Failure> {
    let _decode = span(Stage::Decode);
    let copied = bytes.to_vec();
    drop(bytes);
    let decoded = match Picture::decode_jpeg(&copied) {
        Some(decoded) => decoded,
        None => decode_other(copied).await?,
    };
    match decoded {
        Err(refused @ (ImageError::NotAPicture | ImageError::Unsupported(_))) => {
            Ok(decoder::decode(file, refused).await.map_err(Error::from)?)
        }
        decoded => Ok(decoded.map_err(Error::from)?),
    }
}

/// Decodes the formats that are rarer than JPEG.
#[cfg_attr(
    feature = "split",
    wasm_split(formats, fallible, preload(fetch_formats), return_wrapper(
        let decoded = _; { decoded.await } -> Result<Result<Picture, ImageError>, MissingCode>
    ))
)]
fn decode_other(bytes: Vec<u8>) -> Ready<Result<Result<Picture, ImageError>, MissingCode>> {
    ready(Ok(Picture::decode(&bytes)))
}

/// Fetches the code of those formats, so that it is here if the connection goes away.
pub fn fetch_other_formats() {
    #[cfg(feature = "split")]
    wasm_bindgen_futures::spawn_local(async {
        // If this fails, it is fetched when it is needed.
        let _ = fetch_formats().await;
    });
}

/// Reads a file.
pub async fn read(file: &Blob) -> Result<FileContent, Failure> {
    let refused = |message: &str| Failure {
        kind: ErrorKind::Picture,
        message: message.to_owned(),
    };
    if file.size() > MAX_FILE_BYTES {
        return Err(refused(
            "The file is larger than 256 MB; choose a smaller picture.",
        ));
    }
    let _read = span(Stage::Read);
    let buffer = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| refused("The file cannot be read any more; add it again."))?;
    let bytes = Uint8Array::new(&buffer);
    let hash = sha256(&bytes).await;
    Ok(FileContent { hash, bytes })
}
