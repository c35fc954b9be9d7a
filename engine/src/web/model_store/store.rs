//! The models on this device.

use std::rc::Rc;

use futures::future;
use glance_protocol::{ModelOrigin, ModelSource, Progress};
use js_sys::{Date, Uint8Array};
use thiserror::Error as ThisError;
use web_sys::AbortSignal;

use super::database::Database;
use super::database::benchmarks::StoredBenchmark;
use super::database::record::{Content, Record};
use super::database::refusal::Refusal;
use super::download::{Download, DownloadError, missing};
use super::head::{Head, HeadSender};
use super::locks::{self, Attempt, Lock};
use super::pieces::Pieces;
use super::stored_pack::StoredPack;
use super::storing::Storing;
use super::windows::Windows;
use crate::web::net::fetch::FetchError;
use crate::weights::Pack;
use crate::weights::{Manifest, WeightsError};

/// Why the store cannot provide a model.
#[derive(Debug, ThisError)]
pub enum StoreError {
    #[error(transparent)]
    Download(#[from] DownloadError),
    #[error("This model is not stored on this device any more; choose another.")]
    Gone,
    #[error(
        "The stored model is still damaged after a repair; delete it under “Models on this \
         device” and load it again."
    )]
    Damaged(String),
    #[error("Another tab is fetching this model; stop it there first.")]
    Busy,
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

/// A model in the store, and where it came from.
pub struct Model {
    pub pack: Rc<StoredPack>,
    pub source: ModelSource,
    pub notice: Option<&'static str>,
    /// Set if its pieces may not all be stored yet.
    pub storing: Option<Storing>,
}

/// The models on this device. If the browser stores nothing, pieces last as long as this value.
pub struct ModelStore {
    pub(super) pieces: Rc<Pieces>,
    head: HeadSender,
}

impl From<Rc<Pieces>> for ModelStore {
    fn from(pieces: Rc<Pieces>) -> Self {
        let head = HeadSender::default();
        Self { pieces, head }
    }
}

impl ModelStore {
    /// Opens the store.
    pub async fn open() -> Self {
        Self::from(Rc::new(Pieces::new(Database::open().await)))
    }

    /// All records, latest first.
    pub async fn records(&self) -> Vec<Record> {
        match &self.pieces.database {
            Some(database) => database.records().await.unwrap_or_default(),
            None => Vec::new(),
        }
    }

    /// The records of one origin, latest first.
    pub async fn of(&self, origin: &ModelOrigin) -> Vec<Record> {
        let mut records = self.records().await;
        records.retain(|record| record.origin == *origin);
        records
    }

    /// The record of one version of a model.
    pub async fn record(&self, version: &str) -> Option<Record> {
        let database = self.pieces.database.as_ref()?;
        database.record(version).await.ok()?
    }

    /// Whether every piece is here. Pieces are verified when they are read.
    pub async fn is_whole(&self, manifest: &Manifest) -> bool {
        let here = self.pieces.indices(manifest.version()).await;
        here.len() >= manifest.pieces.len()
    }

    /// Opens a model whose pieces are all here.
    pub async fn model(
        &self,
        manifest: Manifest,
        source: ModelSource,
    ) -> Result<Model, StoreError> {
        let refusal = match source {
            ModelSource::Cache => None,
            _ => self.pieces.refusal(),
        };
        let source = match refusal {
            Some(_) => ModelSource::Memory,
            None => source,
        };
        let version = manifest.version().to_owned();
        let pack = match StoredPack::open(manifest, self.pieces.clone()).await {
            Err(error) => {
                self.pieces.flush().await;
                return Err(match error {
                    WeightsError::Damaged(_) => StoreError::Damaged(version),
                    error => error.into(),
                });
            }
            Ok(opened) => Rc::new(opened),
        };
        Ok(Model {
            pack,
            source,
            notice: refusal.map(Refusal::sentence),
            storing: None,
        })
    }

    /// The end of storing a downloaded model. Holds `lock` until then, so that other tabs wait.
    pub fn storing(&self, manifest: Manifest, origin: ModelOrigin, lock: Option<Lock>) -> Storing {
        let store = Self::from(self.pieces.clone());
        Storing::new(self.pieces.clone(), async move {
            store.pieces.wait_until_stored().await;
            store.complete(&manifest, &origin).await;
            drop(lock);
            store.pieces.refusal().map(Refusal::sentence)
        })
    }

    /// Records a pack before its pieces arrive.
    pub async fn announce(&self, manifest: &Manifest, origin: ModelOrigin) {
        if self.record(manifest.version()).await.is_none() {
            self.note(Content::pack(manifest, false), origin).await;
        }
    }

    /// Where the windows of a checkpoint are stored until it is a pack; `None` without a database.
    pub fn windows(&self, id: String) -> Option<Windows> {
        self.pieces.database.as_ref()?;
        let pieces = self.pieces.clone();
        Some(Windows { pieces, id })
    }

    /// Keeps other tabs from downloading the same, or waits until they are done. `None` without a
    /// database or locks: then each tab downloads for itself.
    pub async fn lock(
        &self,
        id: &str,
        signal: &AbortSignal,
        progress: &dyn Fn(Progress),
    ) -> Result<Option<Lock>, FetchError> {
        match self.pieces.database {
            Some(_) => locks::lock(&lock_name(id), signal, || progress(Progress::Waiting)).await,
            None => Ok(None),
        }
    }

    /// Downloads a model's missing pieces. If another tab is downloading it, waits first, and uses
    /// what that tab has stored. Answers [`ModelStore::head`] as soon as the head has arrived.
    /// Pieces may not be stored yet when this returns; the caller holds the lock until they are.
    pub async fn download(
        &self,
        manifest: &Manifest,
        url: &str,
        signal: &AbortSignal,
        progress: &dyn Fn(Progress),
    ) -> Result<Option<Lock>, DownloadError> {
        let lock = self.lock(manifest.version(), signal, progress).await?;
        let download = Download::new(manifest, url, &self.pieces, signal, progress)?;
        let version = manifest.version();
        let here = self.pieces.indices(version).await;
        let missing = missing(manifest.pieces.len(), &here);
        let expectation = self.pieces.arrivals.expect(version, missing);
        self.pieces.expect_bytes(manifest.size);
        let fetched = async {
            let fetched = download.run(here.clone()).await;
            drop(expectation);
            fetched
        };
        let (fetched, ()) = future::join(fetched, self.tell_head(manifest)).await;
        if fetched.is_err() {
            self.pieces.flush().await;
        }
        fetched.map(|()| lock)
    }

    /// Records that a pack is complete, and deletes what it replaces.
    pub async fn complete(&self, manifest: &Manifest, origin: &ModelOrigin) {
        if self.pieces.refusal().is_some() {
            return;
        }
        self.note(Content::pack(manifest, true), origin.clone())
            .await;
        if *origin != ModelOrigin::Files {
            self.delete_others(origin, manifest.version()).await;
        }
    }

    /// Deletes everything else of an origin.
    async fn delete_others(&self, origin: &ModelOrigin, id: &str) {
        for other in self.of(origin).await {
            if other.id() != id {
                // If this fails, the model stays listed and can be deleted there.
                let _ = self.delete(other.id()).await;
            }
        }
    }

    /// Stores a pack that is in memory.
    pub async fn put(&self, pack: &Pack, origin: ModelOrigin) -> Manifest {
        let manifest = Manifest::of(pack, None);
        self.announce(&manifest, origin.clone()).await;
        self.put_pieces(&manifest, pack).await;
        if self.pieces.refusal() == Some(Refusal::Full) && origin != ModelOrigin::Files {
            // The checkpoint that it was made of is not needed any more.
            self.delete_others(&origin, manifest.version()).await;
            self.pieces.forgive();
            self.put_pieces(&manifest, pack).await;
        }
        self.complete(&manifest, &origin).await;
        manifest
    }

    async fn put_pieces(&self, manifest: &Manifest, pack: &Pack) {
        let [head, data] = pack.file();
        for index in 0..manifest.pieces.len() {
            let piece = manifest.piece(index);
            let bytes = match index {
                0 => head,
                _ => {
                    let [start, end] = [piece.start, piece.end].map(|at| at - manifest.head);
                    &data[start as usize..end as usize]
                }
            };
            let bytes = Uint8Array::new_from_slice(bytes).into();
            self.pieces.put(manifest.version(), index, bytes).await;
        }
        self.pieces.flush().await;
    }

    /// Deletes a model for the person, unless another tab is downloading it.
    pub async fn remove(&self, id: &str) -> Result<(), StoreError> {
        match locks::attempt(&lock_name(id)).await {
            Attempt::Taken => Err(StoreError::Busy),
            _held => self.delete(id).await,
        }
    }

    /// Deletes a model.
    pub async fn delete(&self, version: &str) -> Result<(), StoreError> {
        // Pieces stored after the deletion would stay for ever.
        self.pieces.flush().await;
        match &self.pieces.database {
            Some(database) => database
                .delete(version)
                .await
                .map_err(|_| StoreError::Refused),
            None => Ok(()),
        }
    }

    /// Asks for the head of the next model.
    pub fn head(&self) -> Head {
        self.head.ask()
    }

    /// Passes on a model that is downloading, once its head is here. Errors in its pieces reach
    /// their reader.
    async fn tell_head(&self, manifest: &Manifest) {
        if let Ok(pack) = StoredPack::open(manifest.clone(), self.pieces.clone()).await {
            self.head.send(Rc::new(pack));
        }
    }

    /// Answers [`ModelStore::head`] if nothing else did. Without a model, no head arrives.
    pub fn head_is_of(&self, model: Option<&Model>) {
        match model {
            Some(model) => self.head.send(model.pack.clone()),
            None => self.head.drop_request(),
        }
    }

    /// The stored benchmark of a model.
    pub async fn benchmark(&self, version: &str) -> Option<StoredBenchmark> {
        let database = self.pieces.database.as_ref()?;
        database.benchmark(version).await.ok()?
    }

    /// Stores the benchmark of a model.
    pub async fn put_benchmark(&self, version: &str, benchmark: &StoredBenchmark) {
        if let Some(database) = &self.pieces.database {
            // If this fails, the benchmark is run again on the next visit.
            let _ = database.put_benchmark(version, benchmark).await;
        }
    }

    /// Writes the record of a model.
    pub async fn note(&self, content: Content, origin: ModelOrigin) {
        let Some(database) = &self.pieces.database else {
            return;
        };
        let mut record = Record {
            content,
            origin,
            added: Date::now(),
        };
        if let Some(known) = self.record(record.id()).await {
            record.added = known.added;
        }
        if let Err(error) = database.put_record(&record).await {
            self.pieces.refuse(Refusal::of(&error));
        }
    }
}

fn lock_name(id: &str) -> String {
    format!("glance {id}")
}
