//! Runs several fetches at once.

use std::cell::RefCell;

use futures::stream::{StreamExt, iter};

/// Fetches at once. Browsers open at most six connections to an HTTP/1.1 server.
const IN_FLIGHT: usize = 4;

/// Runs `work` for each item, a few at a time. Returns the first error.
///
/// After an error no further item is started. Running ones are awaited, because their results are
/// stored, and an abandoned `idb` request throws when it completes.
pub async fn for_each_concurrent<T, E, F: Future<Output = Result<(), E>>>(
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> F,
) -> Result<(), E> {
    let failure = RefCell::new(None);
    let items = items.into_iter();
    iter(items.take_while(|_| failure.borrow().is_none()))
        .map(work)
        .buffer_unordered(IN_FLIGHT)
        .for_each(async |result| {
            if let Err(error) = result {
                failure.borrow_mut().get_or_insert(error);
            }
        })
        .await;
    failure.into_inner().map_or(Ok(()), Err)
}
