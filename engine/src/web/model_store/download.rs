//! Fetches the pieces of a model that are missing.
//!
//! A piece is kept as soon as it is whole and its hash is right, so whatever stops a download loses
//! at most the pieces on their way. One that is cut goes on from its last byte.

use std::cell::{Cell, RefCell};

use futures::stream::{StreamExt, TryStreamExt, iter};
use gloo_timers::future::TimeoutFuture;
use js_sys::Uint8Array;
use thiserror::Error as ThisError;
use web_sys::{AbortSignal, Response};

use super::pieces::Pieces;
use crate::web::digest::sha256;
use crate::web::fetch::{Copies, FetchError, fetch, read_chunks};
use crate::web::linked_abort::LinkedAbort;
use crate::web::protocol::Progress;
use crate::weights::Manifest;

/// Pieces on their way at once. Browsers open six connections to a server of HTTP/1.1.
const IN_FLIGHT: usize = 4;
/// Pauses before a request is made again that failed without bringing anything new.
const PAUSES_MILLISECONDS: [u32; 4] = [250, 500, 1000, 2000];
/// New bytes that make a connection worth going on with.
const WORTHWHILE: u32 = 16 << 10;
/// Partial content.
const PARTIAL: u16 = 206;

/// Why pieces are missing still.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub(in crate::web) enum DownloadError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(
        "The server sends other bytes than the model's description says (piece {0}), and they are \
         not used; try again later."
    )]
    Wrong(usize),
    #[error("The model changed on the server while it was fetched; try again.")]
    Changed,
}

impl DownloadError {
    /// Whether the server may have another model by now than the one described.
    pub(in crate::web) fn is_about_content(&self) -> bool {
        match self {
            Self::Wrong(_) | Self::Changed => true,
            // Not found, gone, and no such range.
            Self::Fetch(error) => matches!(error, FetchError::Status(404 | 410 | 416)),
        }
    }
}

/// One model on its way.
pub(super) struct Download<'a> {
    manifest: &'a Manifest,
    url: &'a str,
    pieces: &'a Pieces,
    abort: LinkedAbort,
    progress: &'a dyn Fn(Progress),
    received: Cell<u64>,
    /// What the server calls this version of the file, where it lets us see it.
    etag: RefCell<Option<String>>,
}

impl<'a> Download<'a> {
    pub(super) fn new(
        manifest: &'a Manifest,
        url: &'a str,
        pieces: &'a Pieces,
        signal: &AbortSignal,
        progress: &'a dyn Fn(Progress),
    ) -> Result<Self, FetchError> {
        Ok(Self {
            manifest,
            url,
            pieces,
            abort: LinkedAbort::to(signal).ok_or(FetchError::Unreachable)?,
            progress,
            received: Cell::new(0),
            etag: RefCell::default(),
        })
    }

    /// Fetches what is missing.
    pub(super) async fn run(&self) -> Result<(), DownloadError> {
        let version = self.manifest.version();
        let here = self.pieces.indices(version).await;
        let bytes = |index: usize| {
            let piece = self.manifest.piece(index);
            piece.end - piece.start
        };
        self.advance(here.iter().map(|index| bytes(*index) as i64).sum());
        let missing = 0..self.manifest.pieces.len();
        let mut missing = missing.filter(|index| here.binary_search(index).is_err());
        let Some(first) = missing.next() else {
            return Ok(());
        };
        // Tells whether the server knows ranges before there are several requests.
        let range = self.manifest.piece(first);
        let response = self.persistently(async || {
            let range = Some(&range);
            Ok(fetch(self.url, range, Copies::Current, &self.signal()).await?)
        });
        let response = response.await?;
        if response.status() != PARTIAL {
            return self.stream(response).await;
        }
        self.piece(first, Some(response)).await?;
        iter(missing)
            .map(|index| self.piece(index, None))
            .buffer_unordered(IN_FLIGHT)
            .try_collect::<()>()
            .await
    }

    fn signal(&self) -> AbortSignal {
        self.abort.signal()
    }

    fn advance(&self, bytes: i64) {
        self.received
            .set(self.received.get().saturating_add_signed(bytes));
        (self.progress)(Progress::Fetching {
            received: self.received.get() as f64,
            total: Some(self.manifest.size as f64),
        });
    }

    /// Makes a request again, after a pause, where it fails in passing.
    async fn persistently<T>(
        &self,
        mut request: impl AsyncFnMut() -> Result<T, DownloadError>,
    ) -> Result<T, DownloadError> {
        let mut pauses = PAUSES_MILLISECONDS.iter();
        loop {
            match request().await {
                Err(DownloadError::Fetch(error)) if error.is_passing() => match pauses.next() {
                    Some(pause) => TimeoutFuture::new(*pause).await,
                    None => return Err(error.into()),
                },
                result => return result,
            }
            if self.signal().aborted() {
                return Err(FetchError::Aborted.into());
            }
        }
    }

    /// Fetches one piece and keeps it. `response` is the answer to a request for it, if there is one
    /// already.
    async fn piece(&self, index: usize, response: Option<Response>) -> Result<(), DownloadError> {
        let response = Cell::new(response);
        for copies in [Copies::Current, Copies::None] {
            let bytes = self.bytes(index, copies, &response).await?;
            if self.keep(index, &bytes).await {
                return Ok(());
            }
            self.advance(-i64::from(bytes.length()));
        }
        Err(DownloadError::Wrong(index))
    }

    /// The bytes of a piece, however often the connection is cut while they come.
    async fn bytes(
        &self,
        index: usize,
        copies: Copies,
        response: &Cell<Option<Response>>,
    ) -> Result<Uint8Array, DownloadError> {
        let range = self.manifest.piece(index);
        let length = (range.end - range.start) as u32;
        let bytes = Uint8Array::new_with_length(length);
        let here = Cell::new(0);
        loop {
            let before = here.get();
            let fetched = self.persistently(async || {
                // What comes while it is tried again is no reason to give up later.
                if here.get() - before >= WORTHWHILE {
                    return Ok(false);
                }
                let rest = range.start + u64::from(here.get())..range.end;
                let response = match response.take() {
                    Some(response) => response,
                    None => fetch(self.url, Some(&rest), copies, &self.signal()).await?,
                };
                self.is_unchanged(&response)?;
                if response.status() != PARTIAL {
                    return Err(DownloadError::Changed);
                }
                let expected = rest.end - rest.start;
                read_chunks(&response, expected, &self.signal(), async |chunk| {
                    bytes.set(&chunk, here.get());
                    here.set(here.get() + chunk.length());
                    self.advance(i64::from(chunk.length()));
                    Ok::<_, DownloadError>(())
                })
                .await?;
                match here.get() {
                    here if here == length => Ok(true),
                    here => Err(FetchError::Length {
                        received: u64::from(here),
                        expected: u64::from(length),
                    }
                    .into()),
                }
            });
            match fetched.await {
                Ok(true) => return Ok(bytes),
                Ok(false) => {}
                Err(error) => {
                    self.advance(-i64::from(here.get()));
                    return Err(error);
                }
            }
        }
    }

    /// Keeps a piece where its hash is right.
    async fn keep(&self, index: usize, bytes: &Uint8Array) -> bool {
        let right = sha256(bytes).await == self.manifest.pieces[index];
        if right {
            let version = self.manifest.version();
            self.pieces.put(version, index, bytes.clone()).await;
        }
        right
    }

    /// Takes the whole file from its start, for want of ranges. `response` is the answer to the
    /// first request for it.
    async fn stream(&self, response: Response) -> Result<(), DownloadError> {
        let response = Cell::new(Some(response));
        let mut result = Ok(());
        for copies in [Copies::Current, Copies::None] {
            result = self
                .persistently(async || {
                    let response = match response.take() {
                        Some(response) => response,
                        None => fetch(self.url, None, copies, &self.signal()).await?,
                    };
                    self.read_stream(&response).await
                })
                .await;
            if !matches!(result, Err(DownloadError::Wrong(_))) {
                break;
            }
        }
        result
    }

    /// Keeps the pieces of a whole file as they come; those that are here are passed over.
    async fn read_stream(&self, response: &Response) -> Result<(), DownloadError> {
        let here = self.pieces.indices(self.manifest.version()).await;
        let piece = |index: usize| {
            let range = self.manifest.piece(index);
            Uint8Array::new_with_length((range.end - range.start) as u32)
        };
        self.is_unchanged(response)?;
        self.received.set(0);
        let (index, filled) = (Cell::new(0), Cell::new(0));
        let current = RefCell::new(piece(0));
        let size = self.manifest.size;
        read_chunks(response, size, &self.signal(), async |chunk| {
            self.advance(i64::from(chunk.length()));
            let mut at = 0;
            while at < chunk.length() {
                let bytes = current.borrow().clone();
                let count = (chunk.length() - at).min(bytes.length() - filled.get());
                bytes.set(&chunk.subarray(at, at + count), filled.get());
                filled.set(filled.get() + count);
                at += count;
                if filled.get() < bytes.length() {
                    continue;
                }
                let whole = index.get();
                if here.binary_search(&whole).is_err() && !self.keep(whole, &bytes).await {
                    return Err(DownloadError::Wrong(whole));
                }
                index.set(whole + 1);
                filled.set(0);
                current.replace(piece(whole + 1));
            }
            Ok(())
        })
        .await?;
        match self.received.get() {
            received if received == size => Ok(()),
            received => Err(FetchError::Length {
                received,
                expected: size,
            }
            .into()),
        }
    }

    fn is_unchanged(&self, response: &Response) -> Result<(), DownloadError> {
        let Ok(Some(etag)) = response.headers().get("ETag") else {
            return Ok(());
        };
        let mut first = self.etag.borrow_mut();
        match first.as_ref() {
            Some(first) if *first != etag => Err(DownloadError::Changed),
            Some(_) => Ok(()),
            None => {
                *first = Some(etag);
                Ok(())
            }
        }
    }
}
