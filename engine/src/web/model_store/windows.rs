//! Fetched parts of a checkpoint that is not converted yet.

use std::rc::Rc;

use js_sys::Uint8Array;

use super::pieces::Pieces;

/// Bytes of a window, and of each request to the Hub. Adjacent tensors share a window.
pub const WINDOW: u64 = 4 << 20;

/// The windows of one checkpoint at one commit. They are kept only in the database: in memory they
/// would take more than the model.
pub struct Windows {
    pub(super) pieces: Rc<Pieces>,
    pub(super) id: String,
}

impl Windows {
    /// Whether new windows are stored.
    pub fn takes_more(&self) -> bool {
        self.pieces.refusal().is_none()
    }

    /// Sorted indices of the stored windows.
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

    /// Deletes all windows.
    pub async fn clear(&self) {
        for index in self.indices().await {
            self.pieces.delete(&self.id, index).await;
        }
    }
}
