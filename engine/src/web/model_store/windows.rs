//! Parts of a checkpoint that were fetched and are not converted yet.

use std::rc::Rc;

use js_sys::Uint8Array;

use super::pieces::Pieces;

/// Bytes of a window. The Hub is asked for as many at once; tensors that lie close together share one.
pub const WINDOW: u64 = 4 << 20;

/// The parts of one checkpoint at one commit. They are kept only where they outlast this visit: in
/// memory they would take more room than the model.
pub struct Windows {
    pub(super) pieces: Rc<Pieces>,
    pub(super) id: String,
}

impl Windows {
    /// Whether what is put here stays.
    pub fn takes_more(&self) -> bool {
        self.pieces.refusal().is_none()
    }

    /// Which are here.
    pub async fn indices(&self) -> Vec<usize> {
        self.pieces.indices(&self.id).await
    }

    pub async fn get(&self, index: usize) -> Option<Uint8Array> {
        let bytes = self.pieces.get(&self.id, index).await?;
        Some(Uint8Array::clone(&bytes))
    }

    pub async fn put(&self, index: usize, bytes: &Uint8Array) {
        let key = (self.id.clone(), index);
        self.pieces.try_put(&[(key, bytes.clone().into())]).await;
    }

    /// Forgets all of them.
    pub async fn clear(&self) {
        for index in self.indices().await {
            self.pieces.delete(&self.id, index).await;
        }
    }
}
