//! Requests from a worker, with a timeout and an abort signal.

use std::ops::Range;

use thiserror::Error as ThisError;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Request, RequestCache, RequestInit, Response, WorkerGlobalScope};

use crate::web::net::timeout::timeout;
use crate::weights::WeightsError;

/// How long a server may send nothing.
pub const TIMEOUT_MILLISECONDS: u32 = 15_000;

/// Why a fetch failed.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum FetchError {
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
    /// Converts to an error about a file of a checkpoint.
    pub fn of_file(self, file: &str) -> WeightsError {
        match self {
            Self::Aborted => WeightsError::Cancelled,
            error => WeightsError::Fetch {
                file: file.to_owned(),
                reason: error.to_string(),
            },
        }
    }

    /// Whether the failure is transient, so that a retry may succeed.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable | Self::Silent | Self::Status(429 | 500..) => true,
            // Fewer bytes than expected: the connection was cut.
            Self::Length { received, expected } => received < expected,
            Self::Status(_) | Self::Changed | Self::NoRanges | Self::Aborted => false,
        }
    }
}

/// How a request uses the browser's HTTP cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpCache {
    /// Revalidates a cached copy with the server: it may be another version of the file than the
    /// one described.
    Revalidate,
    /// Bypasses the cache. Weights are stored elsewhere, and once is enough.
    Bypass,
}

/// Requests a whole file, or a range of its bytes.
pub async fn fetch(
    url: &str,
    range: Option<&Range<u64>>,
    cache: HttpCache,
    signal: &AbortSignal,
) -> Result<Response, FetchError> {
    let failed = |_: JsValue| failure(signal);
    let options = RequestInit::new();
    options.set_cache(match cache {
        HttpCache::Revalidate => RequestCache::NoCache,
        HttpCache::Bypass => RequestCache::NoStore,
    });
    options.set_signal(Some(signal));
    let request = Request::new_with_str_and_init(url, &options).map_err(failed)?;
    if let Some(range) = range {
        let bytes = format!("bytes={}-{}", range.start, range.end.saturating_sub(1));
        request.headers().set("Range", &bytes).map_err(failed)?;
    }
    let worker: WorkerGlobalScope = js_sys::global().unchecked_into();
    let response = JsFuture::from(worker.fetch_with_request(&request));
    let response = timeout(TIMEOUT_MILLISECONDS, response)
        .await
        .ok_or(FetchError::Silent)?
        .map_err(failed)?;
    let response: Response = response.unchecked_into();
    match response.ok() {
        true => Ok(response),
        false => Err(FetchError::Status(response.status())),
    }
}

/// Why a request ended without a response.
pub fn failure(signal: &AbortSignal) -> FetchError {
    match signal.aborted() {
        true => FetchError::Aborted,
        false => FetchError::Unreachable,
    }
}
