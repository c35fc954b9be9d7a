//! Response bodies, read as they arrive.

use std::pin::pin;

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, Response};

use crate::web::net::byte_reader::ByteReader;
use crate::web::net::fetch::{FetchError, TIMEOUT_MILLISECONDS, failure};
use crate::web::net::timeout::timeout;

/// Reads a body of at most `limit` bytes.
pub async fn read_body(
    response: &Response,
    limit: u64,
    signal: &AbortSignal,
) -> Result<Vec<u8>, FetchError> {
    read_start(response, limit, signal, |_| false).await
}

/// As [`read_body`], but cancels the rest once the bytes so far are `enough`.
pub async fn read_start(
    response: &Response,
    limit: u64,
    signal: &AbortSignal,
    enough: impl Fn(&[u8]) -> bool,
) -> Result<Vec<u8>, FetchError> {
    let mut reader = ByteReader::of(&response.body().ok_or(FetchError::Unreachable)?);
    let mut bytes = Vec::new();
    while let Some(chunk) = next(&mut reader, signal).await? {
        let start = bytes.len();
        let received = start as u64 + u64::from(chunk.length());
        if received > limit {
            reader.cancel();
            return Err(too_long(received, limit));
        }
        bytes.resize(received as usize, 0);
        chunk.copy_to(&mut bytes[start..]);
        if enough(&bytes) {
            reader.cancel();
            break;
        }
    }
    Ok(bytes)
}

/// Passes the chunks of a body to `take` as they arrive, at most `limit` bytes in all. The next
/// chunk may overwrite the bytes of the last one.
pub async fn read_chunks<E: From<FetchError>>(
    response: &Response,
    limit: u64,
    signal: &AbortSignal,
    mut take: impl AsyncFnMut(Uint8Array) -> Result<(), E>,
) -> Result<(), E> {
    let mut reader = ByteReader::of(&response.body().ok_or(FetchError::Unreachable)?);
    let mut received = 0;
    while let Some(chunk) = next(&mut reader, signal).await? {
        received += u64::from(chunk.length());
        if received > limit {
            reader.cancel();
            return Err(too_long(received, limit).into());
        }
        take(chunk).await?;
    }
    Ok(())
}

async fn next(
    reader: &mut ByteReader,
    signal: &AbortSignal,
) -> Result<Option<Uint8Array>, FetchError> {
    timeout(TIMEOUT_MILLISECONDS, pin!(reader.read(u32::MAX)))
        .await
        .ok_or(FetchError::Silent)?
        .map_err(|_: JsValue| failure(signal))
}

fn too_long(received: u64, expected: u64) -> FetchError {
    FetchError::Length { received, expected }
}
