//! Pieces that are what the manifest says: from memory, on their way there, or out of the database.
//!
//! A request for each piece out of the database takes longer than its bytes do, so many come by one
//! stream.

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

/// Pieces that are asked for at once, where they are blobs: these are but handles.
const BLOBS: usize = 32;
/// The same where they are arrays, which are in memory until they are read.
const ARRAYS: usize = 4;

/// Reads the pieces of a model, best one after another.
pub struct VerifiedPieces {
    manifest: Rc<Manifest>,
    pieces: Rc<Pieces>,
    buffers: Buffers,
    /// Pieces that are asked for next: one, until it shows how they are stored.
    at_once: usize,
    run: Option<Run>,
}

/// Consecutive pieces out of the database, the next first.
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

    /// Pieces that the model has.
    pub fn count(&self) -> usize {
        self.manifest.pieces.len()
    }

    /// A piece once it is here; nothing where it does not come, or is damaged.
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

    /// A piece that is stored and as long as it should be, and those like it that follow.
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
        // One model may have both.
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

/// Bytes of a piece as it is stored.
fn length(value: &JsValue) -> Option<u32> {
    if let Some(blob) = value.dyn_ref::<Blob>() {
        return Some(blob.size() as u32);
    }
    value.dyn_ref().map(Uint8Array::length)
}
