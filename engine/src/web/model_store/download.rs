//! Fetches the pieces of a model that are missing.
//!
//! A piece is kept as soon as it is whole and its hash is right, so whatever stops a download loses
//! at most the pieces on their way. One that is cut goes on from its last byte.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Uint8Array;
use thiserror::Error as ThisError;
use web_sys::{AbortSignal, Response};

use super::pieces::Pieces;
use crate::web::digest::sha256;
use crate::web::fetch::{Copies, FetchError, fetch, read_chunks};
use crate::web::in_flight;
use crate::web::linked_abort::LinkedAbort;
use crate::web::protocol::Progress;
use crate::web::ranged_file::{PARTIAL, RangedFile};
use crate::web::retry::{MayPass, persistently};
use crate::weights::Manifest;

/// Times that a piece is fetched before its bytes are called wrong.
const TRIES: usize = 2;

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
}

impl DownloadError {
    /// Whether the server may have another model by now than the one described.
    pub(in crate::web) fn is_about_content(&self) -> bool {
        match self {
            Self::Wrong(_) => true,
            // Not found, gone, and no such range.
            Self::Fetch(error) => matches!(
                error,
                FetchError::Changed | FetchError::Status(404 | 410 | 416)
            ),
        }
    }
}

impl MayPass for DownloadError {
    fn may_pass(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_passing(),
            Self::Wrong(_) => false,
        }
    }
}

/// One model on its way.
pub(super) struct Download<'a> {
    manifest: &'a Manifest,
    file: RangedFile,
    pieces: &'a Rc<Pieces>,
    /// Ends what is on its way still when this is dropped.
    abort: LinkedAbort,
    progress: &'a dyn Fn(Progress),
    received: Cell<u64>,
}

impl<'a> Download<'a> {
    pub(super) fn new(
        manifest: &'a Manifest,
        url: &str,
        pieces: &'a Rc<Pieces>,
        signal: &AbortSignal,
        progress: &'a dyn Fn(Progress),
    ) -> Result<Self, FetchError> {
        let abort = LinkedAbort::to(signal).ok_or(FetchError::Unreachable)?;
        Ok(Self {
            manifest,
            file: RangedFile::new(url.to_owned(), manifest.size, abort.signal()),
            pieces,
            abort,
            progress,
            received: Cell::new(0),
        })
    }

    /// Fetches what is missing.
    pub(super) async fn run(&self) -> Result<(), DownloadError> {
        let here = self.pieces.indices(self.manifest.version()).await;
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
        let signal = self.abort.signal();
        let response = persistently(&signal, async || self.file.open(range.clone()).await).await?;
        if response.status() != PARTIAL {
            return self.stream(Some(response)).await;
        }
        self.piece(first, Some(response)).await?;
        match in_flight::each(missing, |index| self.piece(index, None)).await {
            // A host has several servers, and they need not agree.
            Err(DownloadError::Fetch(FetchError::NoRanges)) => self.stream(None).await,
            result => result,
        }
    }

    fn advance(&self, bytes: i64) {
        self.received
            .set(self.received.get().saturating_add_signed(bytes));
        (self.progress)(Progress::Fetching {
            received: self.received.get() as f64,
            total: Some(self.manifest.size as f64),
        });
    }

    /// Fetches one piece and keeps it; once more where its bytes are wrong.
    async fn piece(&self, index: usize, response: Option<Response>) -> Result<(), DownloadError> {
        let mut response = response;
        for _ in 0..TRIES {
            let range = self.manifest.piece(index);
            let advance = |bytes| self.advance(bytes);
            let bytes = self.file.read(range, response.take(), advance);
            let bytes = bytes.await?;
            if self.keep(index, &bytes).await {
                return Ok(());
            }
            self.advance(-i64::from(bytes.length()));
        }
        Err(DownloadError::Wrong(index))
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

    /// Takes the whole file from its start, for want of ranges. `response` is the answer to a
    /// request for it, if there is one already.
    async fn stream(&self, response: Option<Response>) -> Result<(), DownloadError> {
        let response = Cell::new(response);
        let signal = self.abort.signal();
        let mut result = Ok(());
        for _ in 0..TRIES {
            result = persistently(&signal, async || {
                let response = match response.take() {
                    Some(response) => response,
                    None => fetch(&self.file.url, None, Copies::None, &signal).await?,
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
        self.file.is_unchanged(response)?;
        self.received.set(0);
        let (index, filled) = (Cell::new(0), Cell::new(0));
        let current = RefCell::new(piece(0));
        let (size, signal) = (self.manifest.size, self.abort.signal());
        read_chunks(response, size, &signal, async |chunk| {
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
}
