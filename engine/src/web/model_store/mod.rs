//! Models on this device: fetched once, checked piece by piece, kept until a person removes them.
//!
//! A model's version is the hash of its head, which holds the hashes of everything else. Records
//! and pieces lie under that version, so the next version of a model is fetched beside the one in
//! use and takes its place when it is whole.

use std::rc::Rc;

use js_sys::{Date, Uint8Array};
use thiserror::Error as ThisError;
use web_sys::AbortSignal;

use super::fetch::FetchError;
use super::hub::HubError;
use super::protocol::{ModelOrigin, ModelSource, Progress, Storage, StoredModel};
use super::storage;
use crate::Pack;
use crate::weights::{Manifest, WeightsError};

mod database;
mod download;
mod locks;
mod migration;
mod pieces;
mod stored_pack;

use database::Database;
pub(super) use database::Record;
use download::Download;
pub(super) use download::DownloadError;
use pieces::{Pieces, Refusal};
pub(super) use stored_pack::StoredPack;
use stored_pack::verified;

/// Why no model could be had.
#[derive(Debug, ThisError)]
pub(super) enum StoreError {
    #[error(transparent)]
    Download(#[from] DownloadError),
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error("The files of this model are not kept in this browser; choose them again.")]
    FilesGone,
    #[error("This model is not stored on this device any more; choose another.")]
    Gone,
    #[error(
        "What this browser stores of the model is damaged again and again; delete it under the \
         models of this page and load it anew."
    )]
    Damaged(String),
    #[error(
        "The browser refuses to change what it stores; close other tabs of Glance and try again."
    )]
    Refused,
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

impl From<FetchError> for StoreError {
    fn from(error: FetchError) -> Self {
        Self::Download(error.into())
    }
}

/// A model that is here, and where it came from.
pub(super) struct Model {
    pub pack: StoredPack,
    pub source: ModelSource,
    pub notice: Option<&'static str>,
}

/// The models on this device. Where the browser stores nothing, those of this value's lifetime.
pub(super) struct ModelStore {
    pieces: Rc<Pieces>,
}

impl ModelStore {
    /// Opens the store, and takes over what an earlier version of it kept.
    pub(super) async fn open() -> Self {
        let database = Database::open().await.ok();
        let store = Self {
            pieces: Rc::new(Pieces::new(database)),
        };
        store.migrate().await;
        store
    }

    /// What is known of every model, the latest first.
    pub(super) async fn records(&self) -> Vec<Record> {
        match &self.pieces.database {
            Some(database) => database.records().await.unwrap_or_default(),
            None => Vec::new(),
        }
    }

    /// What is known of the models of one origin.
    pub(super) async fn of(&self, origin: &ModelOrigin) -> Vec<Record> {
        let mut records = self.records().await;
        records.retain(|record| record.origin == *origin);
        records
    }

    /// What is known of one version of a model.
    pub(super) async fn record(&self, version: &str) -> Option<Record> {
        let database = self.pieces.database.as_ref()?;
        database.record(version).await.ok()?
    }

    /// Whether every piece is here. Whether they are right shows when they are read.
    pub(super) async fn is_whole(&self, manifest: &Manifest) -> bool {
        let here = self.pieces.indices(manifest.version()).await;
        here.len() >= manifest.pieces.len()
    }

    /// A model whose pieces are all here.
    pub(super) async fn model(
        &self,
        manifest: Manifest,
        source: ModelSource,
    ) -> Result<Model, StoreError> {
        let refusal = match source {
            ModelSource::Cache => None,
            ModelSource::Network | ModelSource::Memory => self.pieces.refusal(),
        };
        let source = match refusal {
            Some(_) => ModelSource::Memory,
            None => source,
        };
        let version = manifest.version().to_owned();
        let pack = match StoredPack::open(manifest, self.pieces.clone()).await {
            Err(WeightsError::Damaged(_)) => return Err(StoreError::Damaged(version)),
            opened => opened?,
        };
        Ok(Model {
            pack,
            source,
            notice: refusal.map(Refusal::sentence),
        })
    }

    /// Notes that a model is wanted, before its pieces come.
    pub(super) async fn announce(&self, manifest: &Manifest, origin: ModelOrigin) {
        if self.record(manifest.version()).await.is_none() {
            self.put_record(&Record {
                manifest: manifest.clone(),
                origin,
                added: Date::now(),
                complete: false,
            })
            .await;
        }
    }

    /// Fetches what is missing of a model, unless another tab is at it: then this waits, and takes
    /// what the other left.
    pub(super) async fn download(
        &self,
        manifest: &Manifest,
        url: &str,
        signal: &AbortSignal,
        progress: &dyn Fn(Progress),
    ) -> Result<(), DownloadError> {
        let name = format!("glance {}", manifest.version());
        let waiting = || progress(Progress::Waiting);
        let _lock = match self.pieces.database {
            Some(_) => locks::lock(&name, signal, waiting).await?,
            None => None,
        };
        Download::new(manifest, url, &self.pieces, signal, progress)?
            .run()
            .await
    }

    /// Notes that a model is whole, and drops earlier versions of it.
    pub(super) async fn complete(&self, manifest: &Manifest, origin: &ModelOrigin) {
        if self.pieces.refusal().is_some() {
            return;
        }
        let known = self.record(manifest.version()).await;
        let added = known.map_or_else(Date::now, |record| record.added);
        self.put_record(&Record {
            manifest: manifest.clone(),
            origin: origin.clone(),
            added,
            complete: true,
        })
        .await;
        if matches!(origin, ModelOrigin::Files) {
            return;
        }
        let earlier = self.of(origin).await.into_iter();
        for earlier in earlier.filter(|other| other.manifest.version() != manifest.version()) {
            // One that stays takes room, and is offered for removal.
            let _ = self.delete(earlier.manifest.version()).await;
        }
    }

    /// Keeps a pack that was made here.
    pub(super) async fn put(&self, pack: &Pack, origin: ModelOrigin) -> Manifest {
        let manifest = Manifest::of(pack, None);
        self.announce(&manifest, origin.clone()).await;
        let [head, data] = pack.file();
        for index in 0..manifest.pieces.len() {
            let piece = manifest.piece(index);
            let bytes = match index {
                0 => head,
                _ => {
                    &data[(piece.start - manifest.head) as usize
                        ..(piece.end - manifest.head) as usize]
                }
            };
            let bytes = Uint8Array::new_from_slice(bytes);
            self.pieces.put(manifest.version(), index, bytes).await;
        }
        self.complete(&manifest, &origin).await;
        manifest
    }

    /// Removes a model.
    pub(super) async fn delete(&self, version: &str) -> Result<(), StoreError> {
        match &self.pieces.database {
            Some(database) => database
                .delete(version)
                .await
                .map_err(|_| StoreError::Refused),
            None => Ok(()),
        }
    }

    /// Compares every piece with its hash, and removes those that are something else or missing;
    /// how many these were.
    pub(super) async fn verify<E: From<StoreError>>(
        &self,
        version: &str,
        mut step: impl AsyncFnMut(Progress) -> Result<(), E>,
    ) -> Result<u32, E> {
        let record = self.record(version).await.ok_or(StoreError::Gone)?;
        let manifest = &record.manifest;
        let total = manifest.size as f64;
        let mut damaged = 0;
        for index in 0..manifest.pieces.len() {
            let done = manifest.piece(index).start as f64;
            step(Progress::Checking { done, total }).await?;
            if verified(manifest, &self.pieces, index).await.is_err() {
                self.pieces.delete(version, index).await;
                damaged += 1;
            }
        }
        Ok(damaged)
    }

    /// What a person may want to know of it all.
    pub(super) async fn overview(&self) -> Storage {
        let estimate = storage::estimate().await;
        let mut models = Vec::new();
        for Record {
            manifest,
            origin,
            added,
            ..
        } in self.records().await
        {
            let here = self.pieces.indices(manifest.version()).await;
            let bytes = |index: usize| {
                let piece = manifest.piece(index);
                (piece.end - piece.start) as f64
            };
            models.push(StoredModel {
                id: manifest.version().to_owned(),
                from: match origin {
                    ModelOrigin::Manifest(url) => Some(url),
                    ModelOrigin::Hub { repository, .. } => Some(repository),
                    ModelOrigin::Files | ModelOrigin::Stored(_) => None,
                },
                stored: here.into_iter().map(bytes).sum(),
                bytes: manifest.size as f64,
                name: manifest.name,
                license: manifest.license,
                added,
            });
        }
        Storage {
            models: self.pieces.database.is_some().then_some(models),
            usage: estimate.map(|(usage, _)| usage),
            quota: estimate.map(|(_, quota)| quota),
            persisted: storage::persisted().await,
        }
    }

    async fn put_record(&self, record: &Record) {
        if let Some(database) = &self.pieces.database
            && database.put_record(record).await.is_err()
        {
            self.pieces.refuse(Refusal::Refused);
        }
    }
}
