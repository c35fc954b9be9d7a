//! Fetches a model's missing pieces.
//!
//! A piece goes into the store as soon as it is complete and verified, so a failed download loses
//! at most the pieces in transit. A cut connection resumes at the last byte.

use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

use glance_protocol::Progress;
use js_sys::Uint8Array;
use thiserror::Error as ThisError;
use web_sys::{AbortSignal, Response};

use super::piece_bytes::{Buffers, PieceBytes};
use super::pieces::Pieces;
use crate::web::browser::digest::sha256;
use crate::web::net::body::read_chunks;
use crate::web::net::fetch::{FetchError, HttpCache, fetch};
use crate::web::net::linked_abort::LinkedAbort;
use crate::web::net::ranged_file::{PARTIAL, RangedFile};
use crate::web::net::retry::{Transient, with_retries};
use crate::weights::Manifest;

/// Attempts before wrong bytes are reported.
const TRIES: usize = 2;

/// Why a download failed.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum DownloadError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(
        "The server's file does not match the model's description (piece {0}) and is not used; try \
         again later."
    )]
    Wrong(usize),
}

impl DownloadError {
    /// Whether the server may have replaced the described model.
    pub fn is_about_content(&self) -> bool {
        match self {
            Self::Wrong(_) => true,
            // Not found, gone, range not satisfiable.
            Self::Fetch(error) => matches!(
                error,
                FetchError::Changed | FetchError::Status(404 | 410 | 416)
            ),
        }
    }
}

impl Transient for DownloadError {
    fn may_pass(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_transient(),
            Self::Wrong(_) => false,
        }
    }
}

/// The download of one model.
pub(super) struct Download<'a> {
    manifest: &'a Manifest,
    file: RangedFile,
    pieces: &'a Rc<Pieces>,
    buffers: Buffers,
    /// Aborts running requests when dropped.
    abort: LinkedAbort,
    progress: &'a dyn Fn(Progress),
    received: Cell<u64>,
    /// A piece with wrong bytes. Later pieces may still be right.
    wrong: Cell<Option<usize>>,
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
            buffers: Buffers::default(),
            abort,
            progress,
            received: Cell::new(0),
            wrong: Cell::new(None),
        })
    }

    /// Fetches all pieces but those in `here`.
    pub(super) async fn run(&self, here: Vec<usize>) -> Result<(), DownloadError> {
        let mut here = here;
        let mut result = Ok(());
        for _ in 0..TRIES {
            result = self.fetch_missing(&here).await;
            if let (Ok(()), Some(index)) = (&result, self.wrong.take()) {
                result = Err(DownloadError::Wrong(index));
            }
            if !matches!(result, Err(DownloadError::Wrong(_))) {
                break;
            }
            here = self.pieces.indices(self.manifest.version()).await;
        }
        result
    }

    /// Makes one request at a time: the model loads its pieces in order, and early ones would have
    /// to be buffered or read back.
    async fn fetch_missing(&self, here: &[usize]) -> Result<(), DownloadError> {
        self.wrong.set(None);
        let bytes = here.iter().map(|index| self.manifest.piece_length(*index));
        self.received.set(bytes.map(u64::from).sum());
        self.advance(0);
        let signal = self.abort.signal();
        for run in missing_runs(self.manifest.pieces.len(), here) {
            let range = self.range(&run);
            let open = async || self.file.open(range.clone()).await;
            let response = with_retries(&signal, open).await?;
            if response.status() != PARTIAL {
                return self.fetch_whole(Some(response)).await;
            }
            match self.fetch_run(run, response).await {
                // A host may have several servers, not all with ranges.
                Err(DownloadError::Fetch(FetchError::NoRanges)) => {
                    return self.fetch_whole(None).await;
                }
                result => result?,
            }
        }
        Ok(())
    }

    fn range(&self, run: &Range<usize>) -> Range<u64> {
        self.manifest.piece(run.start).start..self.manifest.piece(run.end - 1).end
    }

    fn advance(&self, bytes: u32) {
        self.received.set(self.received.get() + u64::from(bytes));
        (self.progress)(Progress::Fetching {
            received: self.received.get() as f64,
            total: Some(self.manifest.size as f64),
        });
    }

    /// Fetches consecutive pieces that are all missing.
    async fn fetch_run(&self, run: Range<usize>, response: Response) -> Result<(), DownloadError> {
        let range = self.range(&run);
        let mut assembly = Assembly::new(self, run, &[]);
        let take = async |chunk| assembly.take(chunk).await;
        self.file.read(range, Some(response), take).await
    }

    /// Streams the whole file, from a server without ranges. `response` is the response to an
    /// earlier request for it, if any.
    async fn fetch_whole(&self, response: Option<Response>) -> Result<(), DownloadError> {
        let response = Cell::new(response);
        let signal = self.abort.signal();
        with_retries(&signal, async || {
            let response = match response.take() {
                Some(response) => response,
                None => fetch(&self.file.url, None, HttpCache::Bypass, &signal).await?,
            };
            self.file.check_etag(&response)?;
            let here = self.pieces.indices(self.manifest.version()).await;
            self.received.set(0);
            let mut assembly = Assembly::new(self, 0..self.manifest.pieces.len(), &here);
            let size = self.manifest.size;
            read_chunks(&response, size, &signal, async |chunk| {
                assembly.take(chunk).await
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
        })
        .await
    }

    /// Stores a piece if its hash is right. One wrong piece is skipped; at the second, the server
    /// probably has another file.
    async fn keep(&self, index: usize, bytes: PieceBytes) -> Result<(), DownloadError> {
        if sha256(&bytes).await != self.manifest.pieces[index] {
            return match self.wrong.replace(Some(index)) {
                None => Ok(()),
                Some(_) => Err(DownloadError::Wrong(index)),
            };
        }
        let version = self.manifest.version();
        self.pieces.put(version, index, bytes).await;
        Ok(())
    }
}

/// The indices below `count` that are not in `here`, which is sorted.
pub(super) fn missing(count: usize, here: &[usize]) -> impl Iterator<Item = usize> {
    (0..count).filter(|index| here.binary_search(index).is_err())
}

/// The missing pieces as runs of consecutive indices; `here` is sorted.
fn missing_runs(count: usize, here: &[usize]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for index in missing(count, here) {
        match runs.last_mut() {
            Some(run) if run.end == index => run.end += 1,
            _ => runs.push(index..index + 1),
        }
    }
    runs
}

/// Assembles consecutive pieces from a response's chunks, and stores each complete one.
struct Assembly<'a> {
    download: &'a Download<'a>,
    /// The pieces left, starting with the current one.
    run: Range<usize>,
    /// Pieces to skip, sorted.
    here: &'a [usize],
    bytes: PieceBytes,
    filled: u32,
}

impl<'a> Assembly<'a> {
    fn new(download: &'a Download<'a>, run: Range<usize>, here: &'a [usize]) -> Self {
        let bytes = download
            .buffers
            .take(download.manifest.piece_length(run.start));
        Self {
            download,
            run,
            here,
            bytes,
            filled: 0,
        }
    }

    /// Takes the next bytes; no more may come than the pieces hold.
    async fn take(&mut self, chunk: Uint8Array) -> Result<(), DownloadError> {
        self.download.advance(chunk.length());
        let mut at = 0;
        while at < chunk.length() {
            let count = (chunk.length() - at).min(self.bytes.length() - self.filled);
            let part = chunk.subarray(at, at + count);
            self.bytes.set(&part, self.filled);
            self.filled += count;
            at += count;
            if self.filled == self.bytes.length() {
                self.complete().await?;
            }
        }
        Ok(())
    }

    async fn complete(&mut self) -> Result<(), DownloadError> {
        let index = self.run.start;
        self.run.start += 1;
        let next = match self.run.is_empty() {
            true => 0,
            false => self.download.manifest.piece_length(self.run.start),
        };
        let next = self.download.buffers.take(next);
        let whole = std::mem::replace(&mut self.bytes, next);
        self.filled = 0;
        match self.here.binary_search(&index) {
            Ok(_) => Ok(()),
            Err(_) => self.download.keep(index, whole).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn what_is_missing_is_asked_for_in_runs() {
        assert_eq!(missing_runs(3, &[1]), [0..1, 2..3]);
        assert!(missing_runs(3, &[0, 1, 2]).is_empty());
        assert_eq!(missing_runs(8, &[0, 3, 4]), [1..3, 5..8]);
    }
}
