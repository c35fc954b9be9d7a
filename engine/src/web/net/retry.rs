//! Requests made again after a pause, where they failed in passing.

use gloo_timers::future::TimeoutFuture;
use web_sys::AbortSignal;

use crate::web::net::fetch::FetchError;

/// Pauses before a request that failed without bringing anything new is made again.
const PAUSES_MILLISECONDS: [u32; 4] = [250, 500, 1000, 2000];

/// A failure that may be over when the same is tried a little later.
pub trait MayPass: From<FetchError> {
    fn may_pass(&self) -> bool;
}

impl MayPass for FetchError {
    fn may_pass(&self) -> bool {
        self.is_passing()
    }
}

/// Makes a request until it succeeds, fails for good, or has failed too often.
pub async fn persistently<T, E: MayPass>(
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
