//! Fetches ranges of a file, and resumes when the connection is cut.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use js_sys::Uint8Array;
use web_sys::{AbortSignal, Response};

use crate::web::net::body::read_chunks;
use crate::web::net::fetch::{FetchError, HttpCache, fetch};
use crate::web::net::retry::{Transient, with_retries};

/// Bytes of progress after which the count of retries starts afresh.
const WORTHWHILE: u64 = 16 << 10;
/// The HTTP status “206 Partial Content”.
pub const PARTIAL: u16 = 206;

/// A remote file of known size.
pub struct RangedFile {
    pub url: String,
    pub size: u64,
    signal: AbortSignal,
    /// The first response's ETag. The outer option is `None` if the file cannot change, the inner
    /// one until the server shows an ETag.
    etag: Option<RefCell<Option<String>>>,
}

impl RangedFile {
    /// A file that may be replaced while it is fetched.
    pub fn new(url: String, size: u64, signal: AbortSignal) -> Self {
        Self {
            etag: Some(RefCell::default()),
            ..Self::immutable(url, size, signal)
        }
    }

    /// A file whose URL identifies its content. Several servers may answer, so ETags are not
    /// compared.
    pub fn immutable(url: String, size: u64, signal: AbortSignal) -> Self {
        Self {
            url,
            size,
            signal,
            etag: None,
        }
    }

    /// Requests a range.
    pub async fn open(&self, range: Range<u64>) -> Result<Response, FetchError> {
        fetch(&self.url, Some(&range), HttpCache::Bypass, &self.signal).await
    }

    /// Fetches a range and passes its bytes to `take` as they arrive, in order and each once.
    /// `response` is the response to an earlier request for this range, if any.
    ///
    /// # Errors
    /// [`FetchError::Changed`] if the file has been replaced; [`FetchError::NoRanges`] if the
    /// server sends whole files only; any error that persists after all retries; those of `take`.
    pub async fn read<E: Transient>(
        &self,
        range: Range<u64>,
        response: Option<Response>,
        mut take: impl AsyncFnMut(Uint8Array) -> Result<(), E>,
    ) -> Result<(), E> {
        let length = range.end - range.start;
        let response = Cell::new(response);
        let here = Cell::new(0);
        loop {
            let before = here.get();
            let attempt = with_retries::<bool, E>(&self.signal, async || {
                // This attempt made progress, so the next one gets all retries.
                if here.get() - before >= WORTHWHILE {
                    return Ok(false);
                }
                let rest = range.start + here.get()..range.end;
                let response = match response.take() {
                    Some(response) => response,
                    None => self.open(rest.clone()).await?,
                };
                self.check_etag(&response)?;
                if response.status() != PARTIAL && rest != (0..self.size) {
                    // An unread body holds its connection until it is cancelled.
                    let _ = response.body().map(|body| body.cancel());
                    return Err(FetchError::NoRanges.into());
                }
                let expected = rest.end - rest.start;
                read_chunks(&response, expected, &self.signal, async |chunk| {
                    here.set(here.get() + u64::from(chunk.length()));
                    take(chunk).await
                })
                .await?;
                match here.get() {
                    here if here == length => Ok(true),
                    received => Err(FetchError::Length {
                        received,
                        expected: length,
                    }
                    .into()),
                }
            });
            if attempt.await? {
                return Ok(());
            }
        }
    }

    /// Fetches a range into one array. `advance` is told the bytes that arrive, and their negative
    /// sum if the fetch fails.
    ///
    /// # Errors
    /// As [`RangedFile::read`].
    pub async fn read_whole(
        &self,
        range: Range<u64>,
        advance: impl Fn(i64),
    ) -> Result<Uint8Array, FetchError> {
        let bytes = Uint8Array::new_with_length((range.end - range.start) as u32);
        let here = Cell::new(0);
        let read = self.read(range, None, async |chunk| {
            bytes.set(&chunk, here.get());
            here.set(here.get() + chunk.length());
            advance(i64::from(chunk.length()));
            Ok::<_, FetchError>(())
        });
        match read.await {
            Ok(()) => Ok(bytes),
            Err(error) => {
                advance(-i64::from(here.get()));
                Err(error)
            }
        }
    }

    /// Refuses a response whose ETag differs from the first one.
    pub fn check_etag(&self, response: &Response) -> Result<(), FetchError> {
        let etag = response.headers().get("ETag").ok().flatten();
        let Some((known, etag)) = self.etag.as_ref().zip(etag) else {
            return Ok(());
        };
        let mut first = known.borrow_mut();
        match first.as_ref() {
            Some(first) if *first != etag => Err(FetchError::Changed),
            Some(_) => Ok(()),
            None => {
                *first = Some(etag);
                Ok(())
            }
        }
    }
}
