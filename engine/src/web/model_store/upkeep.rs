//! The list of models that the person sees, and verification.

use std::rc::Rc;

use glance_protocol::{Progress, Storage};

use super::database::record::{Content, Record};
use super::store::{ModelStore, StoreError};
use super::stored_pack::verified_pieces::VerifiedPieces;
use super::windows::WINDOW;
use crate::web::browser::quota;

impl ModelStore {
    /// Verifies every piece that is here, and removes damaged ones. Returns how many there were.
    pub async fn verify<E: From<StoreError>>(
        &self,
        version: &str,
        mut step: impl AsyncFnMut(Progress) -> Result<(), E>,
    ) -> Result<u32, E> {
        let record = self.record(version).await;
        let pack = record.and_then(Record::pack);
        let (manifest, _) = pack.ok_or(StoreError::Gone)?;
        let manifest = Rc::new(manifest);
        let mut pieces = VerifiedPieces::new(manifest.clone(), self.pieces.clone());
        let total = manifest.size as f64;
        let mut damaged = 0;
        for index in self.pieces.indices(version).await {
            let done = manifest.piece(index).start as f64;
            step(Progress::Checking { done, total }).await?;
            if pieces.read(index).await.is_none() {
                self.pieces.delete(version, index).await;
                damaged += 1;
            }
        }
        Ok(damaged)
    }

    /// The stored models and the quota, as the page shows them.
    pub async fn overview(&self) -> Storage {
        let estimate = quota::estimate().await;
        let mut models = Vec::new();
        for record in self.records().await {
            let stored = self.stored_bytes(&record).await;
            models.push(record.described(stored));
        }
        Storage {
            models: self.pieces.database.is_some().then_some(models),
            usage: estimate.map(|(usage, _)| usage),
            quota: estimate.map(|(_, quota)| quota),
            persisted: quota::persisted().await,
        }
    }

    async fn stored_bytes(&self, record: &Record) -> f64 {
        let here = self.pieces.indices(record.id()).await;
        match &record.content {
            Content::Pack { manifest, .. } => {
                let bytes = |index| f64::from(manifest.piece_length(index));
                here.into_iter().map(bytes).sum()
            }
            // An estimate, because a file's last window may be smaller. It stays below the size:
            // only a pack is complete.
            Content::Checkpoint { size, .. } => {
                (here.len() as f64 * WINDOW as f64).min(*size as f64 - 1.0)
            }
        }
    }
}
