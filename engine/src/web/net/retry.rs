//! Retries transient failures with backoff.

use gloo_timers::future::TimeoutFuture;
use web_sys::AbortSignal;

use crate::web::net::fetch::FetchError;

/// Pauses before each retry.
const PAUSES_MILLISECONDS: [u32; 4] = [250, 500, 1000, 2000];

/// An error that may be transient.
pub trait Transient: From<FetchError> {
    fn may_pass(&self) -> bool;
}

impl Transient for FetchError {
    fn may_pass(&self) -> bool {
        self.is_transient()
    }
}

/// Repeats a request until it succeeds, fails permanently, or runs out of retries.
pub async fn with_retries<T, E: Transient>(
    signal: &AbortSignal,
    mut request: impl AsyncFnMut() -> Result<T, E>,
) -> Result<T, E> {
    let mut pauses = PAUSES_MILLISECONDS.iter();
    loop {
        match request().await {
            Err(error) if error.may_pass() => match pauses.next() {
                Some(pause) => TimeoutFuture::new(*pause).await,
                None => return Err(error),
            },
            result => return result,
        }
        if signal.aborted() {
            return Err(FetchError::Aborted.into());
        }
    }
}
