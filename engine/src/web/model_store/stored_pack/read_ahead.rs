//! Reads pieces ahead while earlier ones are loaded.

use futures::{SinkExt, StreamExt};
use futures_channel::mpsc::{Receiver, channel};
use wasm_bindgen_futures::spawn_local;

use crate::web::model_store::piece_bytes::PieceBytes;
use crate::web::model_store::stored_pack::verified_pieces::VerifiedPieces;

/// Pieces to read ahead.
const AHEAD: usize = 4;

/// Reads pieces in order from one to the last, until one is damaged or this is dropped.
pub struct ReadAhead {
    next: usize,
    pieces: Receiver<PieceBytes>,
}

impl ReadAhead {
    pub fn from(first: usize, mut pieces: VerifiedPieces) -> Self {
        let (mut sender, receiver) = channel(AHEAD);
        // A task of its own, because an abandoned `idb` request throws when it completes.
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

    /// The index of the next piece.
    pub fn next_index(&self) -> usize {
        self.next
    }

    /// The next piece; `None` if it is damaged.
    pub async fn next(&mut self) -> Option<PieceBytes> {
        let bytes = self.pieces.next().await;
        self.next += 1;
        bytes
    }
}
