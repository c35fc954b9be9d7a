//! Several fetches on their way at once.

use std::cell::RefCell;

use futures::stream::{StreamExt, iter};

/// Browsers open six connections to a server of HTTP/1.1.
const IN_FLIGHT: usize = 4;

/// Does `work` for each item, a few at a time; the first error, if there is one.
///
/// After an error no other is begun. Those on their way come to their end: what they bring is
/// kept, and a request of `idb` that is given up throws when it is answered.
pub async fn each<T, E, F: Future<Output = Result<(), E>>>(
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
