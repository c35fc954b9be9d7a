//! Waiting no longer than is sensible.

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;

/// What a future gives within so many milliseconds, or `None`.
pub(super) async fn within<F: Future + Unpin>(milliseconds: u32, future: F) -> Option<F::Output> {
    match select(future, TimeoutFuture::new(milliseconds)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
