//! Requests from a worker, with limits and a way to stop them.

use std::cell::RefCell;
use std::ops::Range;

use js_sys::{Reflect, Uint8Array};
use thiserror::Error as ThisError;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStreamDefaultReader, Request, RequestCache, RequestInit, Response,
    WorkerGlobalScope,
};

use super::patience::within;
use crate::weights::WeightsError;

/// How long a server may say nothing.
const PATIENCE_MILLISECONDS: u32 = 15_000;

/// Why nothing was fetched.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub(super) enum FetchError {
    #[error("The model cannot be fetched; check the connection and try again.")]
    Unreachable,
    #[error("The server stopped answering; check the connection and try again.")]
    Silent,
    #[error("The server answered {0} instead of the model; try again later.")]
    Status(u16),
    #[error("The model file has {received} bytes instead of {expected}; try again.")]
    Length { received: u64, expected: u64 },
    #[error("The file changed on the server while it was fetched; try again.")]
    Changed,
    #[error(
        "The server sends whole files only, and this one is needed in parts; download it yourself and choose it from this device."
    )]
    NoRanges,
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

    /// Whether the same request may well succeed a little later.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable | Self::Silent | Self::Status(429 | 500..) => true,
            // Fewer than were promised: the connection was cut.
            Self::Length { received, expected } => received < expected,
            Self::Status(_) | Self::Changed | Self::NoRanges | Self::Aborted => false,
        }
    }
}

/// What the browser's HTTP cache may do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copies {
    /// Answer where the server says that its copy is current: it may hold another version of the
    /// file than the one that was described.
    Current,
    /// Nothing. Weights are kept elsewhere, and once is enough.
    None,
}

/// Asks for a whole file or for some of its bytes.
pub(super) async fn fetch(
    url: &str,
    range: Option<&Range<u64>>,
    copies: Copies,
    signal: &AbortSignal,
) -> Result<Response, FetchError> {
    let failed = |_: JsValue| failure(signal);
    let options = RequestInit::new();
    options.set_cache(match copies {
        Copies::Current => RequestCache::NoCache,
        Copies::None => RequestCache::NoStore,
    });
    options.set_signal(Some(signal));
    let request = Request::new_with_str_and_init(url, &options).map_err(failed)?;
    if let Some(range) = range {
        let bytes = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
        request.headers().set("Range", &bytes).map_err(failed)?;
    }
    let worker: WorkerGlobalScope = js_sys::global().unchecked_into();
    let response = JsFuture::from(worker.fetch_with_request(&request));
    let response = within(PATIENCE_MILLISECONDS, response)
        .await
        .ok_or(FetchError::Silent)?
        .map_err(failed)?;
    let response: Response = response.unchecked_into();
    match response.ok() {
        true => Ok(response),
        false => Err(FetchError::Status(response.status())),
    }
}

/// Reads a body of at most `limit` bytes.
pub(super) async fn read_body(
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

/// Gives the chunks of a body to `take` as they come, `limit` bytes of them at most.
pub(super) async fn read_chunks<E: From<FetchError>>(
    response: &Response,
    limit: u64,
    signal: &AbortSignal,
    mut take: impl AsyncFnMut(Uint8Array) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |_: JsValue| failure(signal);
    let stream = response.body().ok_or(FetchError::Unreachable)?;
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut received = 0;
    loop {
        let step = within(PATIENCE_MILLISECONDS, JsFuture::from(reader.read()))
            .await
            .ok_or(FetchError::Silent)?
            .map_err(failed)?;
        let done = Reflect::get(&step, &"done".into()).map_err(failed)?;
        if done.is_truthy() {
            return Ok(());
        }
        let chunk: Uint8Array = Reflect::get(&step, &"value".into())
            .map_err(failed)?
            .unchecked_into();
        received += u64::from(chunk.length());
        if received > limit {
            // The rest is of no use; a cancel that fails changes nothing.
            let _ = reader.cancel();
            return Err(FetchError::Length {
                received,
                expected: limit,
            }
            .into());
        }
        take(chunk).await?;
    }
}

fn failure(signal: &AbortSignal) -> FetchError {
    match signal.aborted() {
        true => FetchError::Aborted,
        false => FetchError::Unreachable,
    }
}
