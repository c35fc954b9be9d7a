//! A pack whose pieces stay where they are stored until a tensor needs them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use futures::future::{FutureExt, Shared};
use futures_channel::oneshot::{self, Receiver};
use wasm_bindgen_futures::spawn_local;

use super::piece_bytes::PieceBytes;
use super::pieces::Pieces;
use crate::web::digest::sha256;
use crate::weights::{Manifest, PackIndex, PackSource, WeightsError};

/// Pieces that are read, and compared with their hashes, while those before them are laid out.
const AHEAD: usize = 4;

/// A pack in the store, or on its way there. Every piece is compared with its hash when it is read.
pub(in crate::web) struct StoredPack {
    index: PackIndex,
    manifest: Rc<Manifest>,
    pieces: Rc<Pieces>,
    /// The piece that was asked for last, the one before it, as tensors share some, and those ahead.
    near: RefCell<Vec<(usize, Reading)>>,
}

/// A piece that is being read, whoever waits for it; nothing where it is damaged.
type Reading = Shared<Receiver<Option<PieceBytes>>>;

impl StoredPack {
    /// Reads the head of a model whose pieces are all here or expected.
    pub(super) async fn open(manifest: Manifest, pieces: Rc<Pieces>) -> Result<Self, WeightsError> {
        let head = verified(&manifest, &pieces, 0).await?;
        let index = PackIndex::parse(&head.to_vec())?;
        let data = (manifest.size - manifest.head) as usize;
        if index.data_length() != data || index.header().pieces != manifest.pieces[1..] {
            return Err(WeightsError::Manifest(
                "it is of another model than the file's head".to_owned(),
            ));
        }
        Ok(Self {
            index,
            manifest: Rc::new(manifest),
            pieces,
            near: RefCell::default(),
        })
    }

    pub(in crate::web) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    async fn piece(&self, index: usize) -> Result<PieceBytes, WeightsError> {
        let bytes = self.reading(index).await.ok().flatten();
        bytes.ok_or(WeightsError::Damaged(index))
    }

    /// A piece, after those ahead are asked for too.
    fn reading(&self, index: usize) -> Reading {
        let mut near = self.near.borrow_mut();
        near.retain(|(held, _)| (index.saturating_sub(1)..=index + AHEAD).contains(held));
        let last = self.manifest.pieces.len() - 1;
        for ahead in index..=(index + AHEAD).min(last) {
            if near.iter().all(|(held, _)| *held != ahead) {
                near.push((ahead, self.read_piece(ahead)));
            }
        }
        let held = near.iter().find(|(held, _)| *held == index);
        held.map_or_else(|| self.read_piece(index), |(_, reading)| reading.clone())
    }

    fn read_piece(&self, index: usize) -> Reading {
        let (manifest, pieces) = (self.manifest.clone(), self.pieces.clone());
        let (sender, receiver) = oneshot::channel();
        spawn_local(async move {
            let bytes = verified(&manifest, &pieces, index).await;
            // Whoever asked may be gone.
            let _ = sender.send(bytes.ok());
        });
        receiver.shared()
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

/// A piece that is what the manifest says, once it is here.
pub(super) async fn verified(
    manifest: &Manifest,
    pieces: &Pieces,
    index: usize,
) -> Result<PieceBytes, WeightsError> {
    pieces.arrivals.wait(manifest.version(), index).await;
    if let Some(bytes) = pieces.held(manifest.version(), index) {
        return Ok(bytes);
    }
    let bytes = pieces.get(manifest.version(), index).await;
    let bytes = bytes.ok_or(WeightsError::Damaged(index))?;
    let expected = manifest.pieces.get(index);
    match expected == Some(&sha256(&bytes).await) {
        true => Ok(bytes),
        false => Err(WeightsError::Damaged(index)),
    }
}
