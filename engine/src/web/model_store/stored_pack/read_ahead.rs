//! Pieces that are read while those before them are laid out.

use futures::{SinkExt, StreamExt};
use futures_channel::mpsc::{Receiver, channel};
use wasm_bindgen_futures::spawn_local;

use crate::web::model_store::piece_bytes::PieceBytes;
use crate::web::model_store::stored_pack::verified_pieces::VerifiedPieces;

/// How many.
const AHEAD: usize = 4;

/// Reads pieces in order from one to the last, until one is damaged or this is dropped.
pub struct ReadAhead {
    next: usize,
    pieces: Receiver<PieceBytes>,
}

impl ReadAhead {
    pub fn from(first: usize, mut pieces: VerifiedPieces) -> Self {
        let (mut sender, receiver) = channel(AHEAD);
        // By itself: a request of `idb` that is given up throws when it is answered.
        spawn_local(async move {
            for index in first..pieces.count() {
                let Some(bytes) = pieces.read(index).await else {
                    return;
                };
                if sender.send(bytes).await.is_err() {
                    return;
                }
            }
        });
        Self {
            next: first,
            pieces: receiver,
        }
    }

    /// The index of the piece that comes next.
    pub fn next_index(&self) -> usize {
        self.next
    }

    /// The next piece; nothing where it is damaged.
    pub async fn next(&mut self) -> Option<PieceBytes> {
        let bytes = self.pieces.next().await;
        self.next += 1;
        bytes
    }
}
