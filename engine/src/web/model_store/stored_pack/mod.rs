//! A pack whose pieces are read only when a tensor needs them.

mod read_ahead;
pub mod verified_pieces;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use crate::web::model_store::piece_bytes::PieceBytes;
use crate::web::model_store::pieces::Pieces;
use crate::weights::{Manifest, PackIndex, PackSource, WeightsError};
use read_ahead::ReadAhead;
use verified_pieces::VerifiedPieces;

/// A pack that is stored or downloading. Every piece is verified when it arrives or when it is read
/// from the database.
pub struct StoredPack {
    index: PackIndex,
    manifest: Rc<Manifest>,
    pieces: Rc<Pieces>,
    /// Reads the pieces after the last one in advance.
    ahead: Cell<Option<ReadAhead>>,
    /// The piece that was read last, because tensors share pieces.
    last: RefCell<Option<(usize, PieceBytes)>>,
}

impl StoredPack {
    /// Reads the head of a model whose pieces are all here or expected.
    pub(super) async fn open(manifest: Manifest, pieces: Rc<Pieces>) -> Result<Self, WeightsError> {
        let manifest = Rc::new(manifest);
        let verified = VerifiedPieces::new(manifest.clone(), pieces.clone());
        let mut ahead = ReadAhead::from(0, verified);
        let head = ahead.next().await.ok_or(WeightsError::Damaged(0))?;
        let index = PackIndex::parse(&head.to_vec())?;
        let data = (manifest.size - manifest.head) as usize;
        if index.data_length() != data || index.header().pieces != manifest.pieces[1..] {
            return Err(WeightsError::Manifest(
                "it is of another model than the file's head".to_owned(),
            ));
        }
        Ok(Self {
            index,
            manifest,
            pieces,
            ahead: Cell::new(Some(ahead)),
            last: RefCell::default(),
        })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    async fn piece(&self, index: usize) -> Result<PieceBytes, WeightsError> {
        if let Some((last, bytes)) = &*self.last.borrow()
            && *last == index
        {
            return Ok(bytes.clone());
        }
        // Frees its buffer for the next pieces.
        self.last.take();
        let ahead = self.ahead.take();
        let mut ahead = match ahead.filter(|ahead| ahead.next_index() == index) {
            Some(ahead) => ahead,
            None => {
                let (manifest, pieces) = (self.manifest.clone(), self.pieces.clone());
                ReadAhead::from(index, VerifiedPieces::new(manifest, pieces))
            }
        };
        let bytes = ahead.next().await.ok_or(WeightsError::Damaged(index))?;
        self.ahead.set(Some(ahead));
        self.last.replace(Some((index, bytes.clone())));
        Ok(bytes)
    }
}

impl PackSource for StoredPack {
    fn index(&self) -> &PackIndex {
        &self.index
    }

    async fn read(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>, WeightsError> {
        let mut bytes = vec![0; range.len()];
        let mut done = 0;
        while done < bytes.len() {
            let (index, start) = Manifest::locate(range.start + done);
            let piece = self.piece(index).await?;
            let count = (bytes.len() - done).min(piece.length() as usize - start);
            let part = piece.subarray(start as u32, (start + count) as u32);
            part.copy_to(&mut bytes[done..done + count]);
            done += count;
        }
        Ok(Cow::Owned(bytes))
    }
}
