//! A file on a server, of which parts are fetched, however often the connection is cut.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use js_sys::Uint8Array;
use web_sys::{AbortSignal, Response};

use crate::web::net::body::read_chunks;
use crate::web::net::fetch::{Copies, FetchError, fetch};
use crate::web::net::retry::{MayPass, persistently};

/// New bytes that make a connection worth going on with.
const WORTHWHILE: u64 = 16 << 10;
/// The status of an answer that is part of a file.
pub const PARTIAL: u16 = 206;

/// A file whose size is known.
pub struct RangedFile {
    pub url: String,
    pub size: u64,
    signal: AbortSignal,
    /// What the server calls this version of the file, where that may change and it lets us see
    /// it.
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

    /// A file whose address names its content, so that several servers may answer for it.
    pub fn immutable(url: String, size: u64, signal: AbortSignal) -> Self {
        Self {
            url,
            size,
            signal,
            etag: None,
        }
    }

    /// Asks for a part.
    pub async fn open(&self, range: Range<u64>) -> Result<Response, FetchError> {
        fetch(&self.url, Some(&range), Copies::None, &self.signal).await
    }

    /// Fetches a part, whose bytes `take` is given as they come: in order, and each once.
    /// `response` is the answer to a request for it, if there is one already.
    ///
    /// # Errors
    /// [`FetchError::Changed`] where the file is another one by now, [`FetchError::NoRanges`] where
    /// the server sends whole files only; whatever else a request fails with again and again; those
    /// of `take`.
    pub async fn read<E: MayPass>(
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
            let attempt = persistently::<bool, E>(&self.signal, async || {
                // What comes while it is tried again is no reason to give up later.
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
                    // Nobody reads it, and a connection is held until it is cancelled.
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

    /// Fetches a part whole. `advance` hears of bytes that came, and of those that came in vain.
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

    /// Refuses an answer about another version of the file than the answers before.
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
