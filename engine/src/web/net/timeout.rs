//! A timeout for any future.

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;

/// The future's output, or `None` if it takes longer than `milliseconds`.
pub async fn timeout<F: Future + Unpin>(milliseconds: u32, future: F) -> Option<F::Output> {
    match select(future, TimeoutFuture::new(milliseconds)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
