//! Reads pieces and verifies them: from memory, from a running download, or from the database.
//!
//! A database request takes longer than reading a piece's bytes, so one stream reads many pieces.

use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use crate::web::browser::digest::sha256;
use crate::web::model_store::piece_bytes::{Buffers, PieceBytes};
use crate::web::model_store::pieces::Pieces;
use crate::web::net::byte_reader::ByteReader;
use crate::weights::Manifest;

/// Pieces per request if they are blobs, which are only handles.
const BLOBS: usize = 32;
/// Pieces per request if they are arrays, which take memory until they are read.
const ARRAYS: usize = 4;

/// Reads the pieces of a model; fastest in order.
pub struct VerifiedPieces {
    manifest: Rc<Manifest>,
    pieces: Rc<Pieces>,
    buffers: Buffers,
    /// Pieces of the next request: one, until it shows how they are stored.
    at_once: usize,
    run: Option<Run>,
}

/// Consecutive pieces from the database, the next one first.
struct Run {
    indices: VecDeque<usize>,
    stored: Stored,
}

enum Stored {
    Blobs(ByteReader),
    Arrays(VecDeque<Uint8Array>),
}

impl VerifiedPieces {
    pub fn new(manifest: Rc<Manifest>, pieces: Rc<Pieces>) -> Self {
        Self {
            manifest,
            pieces,
            buffers: Buffers::default(),
            at_once: 1,
            run: None,
        }
    }

    /// The number of pieces.
    pub fn count(&self) -> usize {
        self.manifest.pieces.len()
    }

    /// Waits for a piece and reads it; `None` if it does not arrive or is damaged.
    pub async fn read(&mut self, index: usize) -> Option<PieceBytes> {
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
        let next = self.run.as_ref().and_then(|run| run.indices.front());
        let mut run = match next == Some(&index) {
            true => self.run.take()?,
            false => self.run_from(index).await?,
        };
        let bytes = match &mut run.stored {
            Stored::Arrays(arrays) => arrays.pop_front()?.into(),
            Stored::Blobs(reader) => {
                let bytes = self.buffers.take(self.manifest.piece_length(index));
                fill(&bytes, reader).await?;
                bytes
            }
        };
        run.indices.pop_front();
        self.run = Some(run);
        Some(bytes)
    }

    /// A stored piece of the right length, and such pieces that follow it.
    async fn run_from(&mut self, first: usize) -> Option<Run> {
        let database = self.pieces.database.as_ref()?;
        let indices = first..(first + self.at_once).min(self.count());
        let stored = database.some_pieces(self.manifest.version(), indices).await;
        let stored = stored.ok()?.into_iter().enumerate();
        let follow = stored.take_while(|(at, (index, value))| {
            *index == first + at && length(value) == Some(self.manifest.piece_length(*index))
        });
        let (indices, values): (VecDeque<usize>, Vec<JsValue>) =
            follow.map(|(_, piece)| piece).unzip();
        // A model may have both blobs and arrays.
        let blobs: Array = values
            .iter()
            .take_while(|value| value.is_instance_of::<Blob>())
            .collect();
        let (count, stored) = match blobs.length() {
            0 => {
                self.at_once = ARRAYS;
                let arrays = values.into_iter().map_while(|value| value.dyn_into().ok());
                let arrays: VecDeque<Uint8Array> = arrays.collect();
                (arrays.len(), Stored::Arrays(arrays))
            }
            count => {
                self.at_once = BLOBS;
                let blob = Blob::new_with_blob_sequence(&blobs).ok()?;
                (
                    count as usize,
                    Stored::Blobs(ByteReader::of(&blob.stream())),
                )
            }
        };
        let indices = indices.into_iter().take(count).collect();
        Some(Run { indices, stored })
    }
}

async fn fill(bytes: &Uint8Array, reader: &mut ByteReader) -> Option<()> {
    let mut filled = 0;
    while filled < bytes.length() {
        let part = reader.read(bytes.length() - filled).await.ok()??;
        bytes.set(&part, filled);
        filled += part.length();
    }
    Some(())
}

/// The length of a stored piece in bytes.
fn length(value: &JsValue) -> Option<u32> {
    if let Some(blob) = value.dyn_ref::<Blob>() {
        return Some(blob.size() as u32);
    }
    value.dyn_ref().map(Uint8Array::length)
}
