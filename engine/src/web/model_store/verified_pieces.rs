//! Pieces that are what the manifest says: from memory, on their way there, or out of the database.
//!
//! A request for each piece out of the database takes longer than its bytes do, so many come by one
//! stream.

use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::piece_bytes::{Buffers, PieceBytes};
use super::pieces::Pieces;
use crate::web::byte_reader::ByteReader;
use crate::web::digest::sha256;
use crate::weights::Manifest;

/// Pieces that come by one stream. Earlier versions stored them as arrays, which are in memory
/// meanwhile.
const OF_A_STREAM: usize = 32;

/// Reads the pieces of a model, best one after another.
pub(super) struct VerifiedPieces {
    manifest: Rc<Manifest>,
    pieces: Rc<Pieces>,
    buffers: Buffers,
    stream: Option<Stream>,
}

/// Consecutive pieces out of the database.
struct Stream {
    /// Those that are left.
    pieces: VecDeque<usize>,
    reader: ByteReader,
}

impl VerifiedPieces {
    pub(super) fn new(manifest: Rc<Manifest>, pieces: Rc<Pieces>) -> Self {
        Self {
            manifest,
            pieces,
            buffers: Buffers::default(),
            stream: None,
        }
    }

    /// A piece once it is here; nothing where it does not come, or is damaged.
    pub(super) async fn read(&mut self, index: usize) -> Option<PieceBytes> {
        let version = self.manifest.version();
        self.pieces.arrivals.wait(version, index).await;
        if let Some(bytes) = self.pieces.held(version, index) {
            return Some(bytes);
        }
        let bytes = self.stored(index).await?;
        let expected = self.manifest.pieces.get(index)?;
        (sha256(&bytes).await == *expected).then_some(bytes)
    }

    async fn stored(&mut self, index: usize) -> Option<PieceBytes> {
        let next = self
            .stream
            .as_ref()
            .and_then(|stream| stream.pieces.front());
        let mut stream = match next == Some(&index) {
            true => self.stream.take()?,
            false => self.stream_from(index).await?,
        };
        let bytes = self.buffers.take(self.length(index));
        stream.fill(&bytes).await?;
        stream.pieces.pop_front();
        self.stream = Some(stream);
        Some(bytes)
    }

    fn length(&self, index: usize) -> u32 {
        let piece = self.manifest.piece(index);
        (piece.end - piece.start) as u32
    }

    /// A piece that is stored with as long as it should be, and those like it that follow.
    async fn stream_from(&self, first: usize) -> Option<Stream> {
        let database = self.pieces.database.as_ref()?;
        let some = first..(first + OF_A_STREAM).min(self.manifest.pieces.len());
        let stored = database.some_pieces(self.manifest.version(), some);
        let mut pieces = VecDeque::new();
        let parts = Array::new();
        for (index, value) in stored.await.ok()? {
            let follows = index == first + pieces.len();
            if !follows || length(&value) != Some(self.length(index)) {
                break;
            }
            pieces.push_back(index);
            parts.push(&value);
        }
        let reader = match pieces.is_empty() {
            true => return None,
            false => ByteReader::of(&Blob::new_with_blob_sequence(&parts).ok()?.stream()),
        };
        Some(Stream { pieces, reader })
    }
}

impl Stream {
    async fn fill(&mut self, bytes: &Uint8Array) -> Option<()> {
        let mut filled = 0;
        while filled < bytes.length() {
            let part = self.reader.read(bytes.length() - filled).await.ok()??;
            bytes.set(&part, filled);
            filled += part.length();
        }
        Some(())
    }
}

/// Bytes of a piece as it is stored.
fn length(value: &JsValue) -> Option<u32> {
    if let Some(blob) = value.dyn_ref::<Blob>() {
        return Some(blob.size() as u32);
    }
    value.dyn_ref().map(Uint8Array::length)
}
