//! Requests from a worker, with limits and a way to stop them.

use std::ops::Range;

use js_sys::{Reflect, Uint8Array};
use thiserror::Error as ThisError;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStreamDefaultReader, Request, RequestCache, RequestInit, Response,
    WorkerGlobalScope,
};

use crate::weights::WeightsError;

/// Why nothing was fetched.
#[derive(Debug, ThisError)]
pub(super) enum FetchError {
    #[error("The model cannot be fetched; check the connection and try again.")]
    Unreachable,
    #[error("The server answered {0} instead of the model; try again later.")]
    Status(u16),
    #[error("The model file has {received} bytes instead of {expected}; try again.")]
    Length { received: u64, expected: u64 },
    #[error("Loading was cancelled.")]
    Aborted,
}

impl FetchError {
    /// The same, about a file of a checkpoint.
    pub(super) fn of_file(self, file: &str) -> WeightsError {
        match self {
            Self::Aborted => WeightsError::Cancelled,
            error => WeightsError::Fetch {
                file: file.to_owned(),
                reason: error.to_string(),
            },
        }
    }
}

/// Asks for a whole file or for some of its bytes.
///
/// It revalidates instead of trusting the HTTP cache, which may hold another version of the file
/// than the one that was described.
pub(super) async fn fetch(
    url: &str,
    range: Option<&Range<u64>>,
    signal: &AbortSignal,
) -> Result<Response, FetchError> {
    let failed = |_: JsValue| match signal.aborted() {
        true => FetchError::Aborted,
        false => FetchError::Unreachable,
    };
    let options = RequestInit::new();
    options.set_cache(RequestCache::NoCache);
    options.set_signal(Some(signal));
    let request = Request::new_with_str_and_init(url, &options).map_err(failed)?;
    if let Some(range) = range {
        let bytes = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
        request.headers().set("Range", &bytes).map_err(failed)?;
    }
    let worker: WorkerGlobalScope = js_sys::global().unchecked_into();
    let response = JsFuture::from(worker.fetch_with_request(&request))
        .await
        .map_err(failed)?;
    let response: Response = response.unchecked_into();
    match response.ok() {
        true => Ok(response),
        false => Err(FetchError::Status(response.status())),
    }
}

/// Reads a body of at most `limit` bytes, telling how many are here after each chunk.
pub(super) async fn read_body(
    response: &Response,
    limit: u64,
    signal: &AbortSignal,
    progress: &dyn Fn(u64),
) -> Result<Vec<u8>, FetchError> {
    let failed = |_: JsValue| match signal.aborted() {
        true => FetchError::Aborted,
        false => FetchError::Unreachable,
    };
    let stream = response.body().ok_or(FetchError::Unreachable)?;
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut bytes = Vec::with_capacity(limit as usize);
    loop {
        let step = JsFuture::from(reader.read()).await.map_err(failed)?;
        let done = Reflect::get(&step, &"done".into())
            .map_err(failed)?
            .is_truthy();
        if done {
            return Ok(bytes);
        }
        let chunk: Uint8Array = Reflect::get(&step, &"value".into())
            .map_err(failed)?
            .unchecked_into();
        let start = bytes.len();
        let received = start as u64 + u64::from(chunk.length());
        if received > limit {
            // The rest is of no use; a cancel that fails changes nothing.
            let _ = reader.cancel();
            return Err(FetchError::Length {
                received,
                expected: limit,
            });
        }
        bytes.resize(received as usize, 0);
        chunk.copy_to(&mut bytes[start..]);
        progress(received);
    }
}
