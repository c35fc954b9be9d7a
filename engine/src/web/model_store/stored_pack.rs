//! A pack whose pieces stay where they are stored until a tensor needs them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use js_sys::Uint8Array;

use super::pieces::Pieces;
use crate::web::digest::sha256;
use crate::weights::{Manifest, PackIndex, PackSource, WeightsError};

/// Pieces that are held: tensors that lie beside each other share some.
const RECENT: usize = 2;

/// A pack in the store. Every piece is compared with its hash when it is read.
pub(in crate::web) struct StoredPack {
    index: PackIndex,
    manifest: Manifest,
    pieces: Rc<Pieces>,
    recent: RefCell<VecDeque<(usize, Uint8Array)>>,
}

impl StoredPack {
    /// Reads the head of a model whose pieces are all here.
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
            manifest,
            pieces,
            recent: RefCell::default(),
        })
    }

    pub(in crate::web) fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    async fn piece(&self, index: usize) -> Result<Uint8Array, WeightsError> {
        let held = |recent: &VecDeque<(usize, Uint8Array)>| {
            let mut recent = recent.iter();
            let (_, bytes) = recent.find(|(held, _)| *held == index)?;
            Some(bytes.clone())
        };
        if let Some(bytes) = held(&self.recent.borrow()) {
            return Ok(bytes);
        }
        let bytes = verified(&self.manifest, &self.pieces, index).await?;
        let mut recent = self.recent.borrow_mut();
        recent.push_front((index, bytes.clone()));
        recent.truncate(RECENT);
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

/// A piece that is what the manifest says.
pub(super) async fn verified(
    manifest: &Manifest,
    pieces: &Pieces,
    index: usize,
) -> Result<Uint8Array, WeightsError> {
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
