//! Response bodies, read as they arrive.

use std::cell::RefCell;
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
    let bytes = RefCell::new(Vec::new());
    read_chunks(response, limit, signal, async |chunk| {
        let mut bytes = bytes.borrow_mut();
        let start = bytes.len();
        bytes.resize(start + chunk.length() as usize, 0);
        chunk.copy_to(&mut bytes[start..]);
        Ok(())
    })
    .await?;
    Ok(bytes.into_inner())
}

/// Passes the chunks of a body to `take` as they arrive, at most `limit` bytes in all. The next
/// chunk may overwrite the bytes of the last one.
pub async fn read_chunks<E: From<FetchError>>(
    response: &Response,
    limit: u64,
    signal: &AbortSignal,
    mut take: impl AsyncFnMut(Uint8Array) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |_: JsValue| failure(signal);
    let stream = response.body().ok_or(FetchError::Unreachable)?;
    let mut reader = ByteReader::of(&stream);
    let mut received = 0;
    loop {
        let chunk = timeout(TIMEOUT_MILLISECONDS, pin!(reader.read(u32::MAX)))
            .await
            .ok_or(FetchError::Silent)?
            .map_err(failed)?;
        let Some(chunk) = chunk else {
            return Ok(());
        };
        received += u64::from(chunk.length());
        if received > limit {
            reader.cancel();
            return Err(FetchError::Length {
                received,
                expected: limit,
            }
            .into());
        }
        take(chunk).await?;
    }
}
