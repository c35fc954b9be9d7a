//! Fetches a model, keeps it in IndexedDB, and takes it from there on later visits.

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use idb::builder::{DatabaseBuilder, ObjectStoreBuilder};
use idb::{Database, Query, TransactionMode};
use js_sys::{Object, Reflect, Uint8Array};
use thiserror::Error as ThisError;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortSignal, Url};

use super::fetch::{FetchError, fetch, read_body};
use super::hub::HubError;
use super::protocol::{Manifest, ModelSource, Progress};
use crate::Pack;
use crate::weights::WeightsError;

const DATABASE: &str = "glance";
const STORE: &str = "models";
/// How long a kept model waits to hear whether there is a newer one.
const FRESHNESS_MILLISECONDS: u32 = 4_000;
/// The most that a 32-bit address space can sensibly hold.
const MAX_MODEL_BYTES: u64 = 2 << 30;
const MAX_MANIFEST_BYTES: u64 = 64 << 10;
const NOT_KEPT: &str = "This browser does not keep the model (a private window, or no space left), so the next visit \
     fetches it again.";

/// Why no model could be had.
#[derive(Debug, ThisError)]
pub(super) enum StoreError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("The description of the model cannot be used ({0}); reload the page.")]
    Manifest(String),
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error("The files of this model are not kept in this browser; choose them again.")]
    FilesGone,
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

/// A verified model and where it came from.
pub(super) struct Model {
    pub pack: Pack,
    pub source: ModelSource,
    pub notice: Option<String>,
}

/// A kept copy is used where it is what the manifest describes, or where the manifest cannot be
/// reached; a damaged one is dropped and fetched again.
pub(super) async fn load_manifest(
    manifest_url: &str,
    signal: &AbortSignal,
    progress: impl Fn(Progress),
) -> Result<Model, StoreError> {
    let shelf = Shelf::open().await.ok();
    let kept = match &shelf {
        Some(shelf) => shelf.get(manifest_url).await.ok().flatten(),
        None => None,
    };
    let manifest = match kept {
        Some(_) => {
            let patience = TimeoutFuture::new(FRESHNESS_MILLISECONDS);
            let fetched = Box::pin(fetch_manifest(manifest_url, signal));
            match select(fetched, patience).await {
                Either::Left((manifest, _)) => manifest,
                Either::Right(_) => Err(FetchError::Unreachable.into()),
            }
        }
        None => fetch_manifest(manifest_url, signal).await,
    };
    if signal.aborted() {
        return Err(FetchError::Aborted.into());
    }
    if let Some(kept) = kept
        && manifest
            .as_ref()
            .map_or(true, |manifest| manifest.sha256 == kept.sha256)
    {
        progress(Progress::Preparing);
        if let Ok(pack) = Pack::parse(kept.bytes.to_vec()) {
            return Ok(Model {
                pack,
                source: ModelSource::Cache,
                notice: None,
            });
        }
    }
    let manifest = manifest?;
    let bytes = fetch_model(manifest_url, &manifest, signal, &progress).await?;
    progress(Progress::Preparing);
    let pack = Pack::parse(bytes)?;
    Ok(keep(shelf.as_ref(), manifest_url, &manifest.sha256, pack).await)
}

/// Keeps a new model for the next visit, where the browser lets us.
pub(super) async fn keep(shelf: Option<&Shelf>, key: &str, version: &str, pack: Pack) -> Model {
    let was_kept = match shelf {
        Some(shelf) => shelf.put(key, version, &pack).await.is_ok(),
        None => false,
    };
    let (source, notice) = match was_kept {
        true => (ModelSource::Network, None),
        false => (ModelSource::Memory, Some(NOT_KEPT.to_owned())),
    };
    Model {
        pack,
        source,
        notice,
    }
}

async fn fetch_manifest(url: &str, signal: &AbortSignal) -> Result<Manifest, StoreError> {
    let response = fetch(url, None, signal).await?;
    let bytes = read_body(&response, MAX_MANIFEST_BYTES, signal, &|_| {}).await?;
    let manifest: Manifest =
        serde_json::from_slice(&bytes).map_err(|error| StoreError::Manifest(error.to_string()))?;
    if manifest.size > MAX_MODEL_BYTES {
        return Err(StoreError::Manifest(
            "the model is larger than 2 GB".to_owned(),
        ));
    }
    Ok(manifest)
}

async fn fetch_model(
    manifest_url: &str,
    manifest: &Manifest,
    signal: &AbortSignal,
    progress: &impl Fn(Progress),
) -> Result<Vec<u8>, StoreError> {
    let url = Url::new_with_base(&manifest.file, manifest_url)
        .map_err(|_| StoreError::Manifest("its file has no address".to_owned()))?;
    let total = manifest.size;
    progress(Progress::Fetching {
        received: 0.0,
        total: Some(total as f64),
    });
    let response = fetch(&url.href(), None, signal).await?;
    let bytes = read_body(&response, total, signal, &|received| {
        progress(Progress::Fetching {
            received: received as f64,
            total: Some(total as f64),
        });
    })
    .await?;
    match bytes.len() as u64 {
        received if received == total => Ok(bytes),
        received => Err(FetchError::Length {
            received,
            expected: total,
        }
        .into()),
    }
}

/// A model as it lies in IndexedDB.
pub(super) struct Kept {
    sha256: String,
    pub(super) bytes: Uint8Array,
}

/// The object store that keeps one model a key: where it came from.
pub(super) struct Shelf(Database);

impl Shelf {
    pub(super) async fn open() -> Result<Self, idb::Error> {
        let database = DatabaseBuilder::new(DATABASE)
            .version(1)
            .add_object_store(ObjectStoreBuilder::new(STORE))
            .build()
            .await?;
        Ok(Self(database))
    }

    pub(super) async fn get(&self, key: &str) -> Result<Option<Kept>, idb::Error> {
        let transaction = self.0.transaction(&[STORE], TransactionMode::ReadOnly)?;
        let record = transaction
            .object_store(STORE)?
            .get(Query::Key(JsValue::from_str(key)))?
            .await?;
        Ok(record.and_then(|record| {
            let sha256 = Reflect::get(&record, &"sha256".into()).ok()?.as_string()?;
            let bytes = Reflect::get(&record, &"bytes".into())
                .ok()?
                .dyn_into()
                .ok()?;
            Some(Kept { sha256, bytes })
        }))
    }

    async fn put(&self, key: &str, sha256: &str, pack: &Pack) -> Result<(), idb::Error> {
        let bytes = Uint8Array::new_with_length(pack.size() as u32);
        let mut end = 0;
        for part in pack.file() {
            let start = end;
            end += part.len() as u32;
            bytes.subarray(start, end).copy_from(part);
        }
        let record = Object::new();
        for (name, value) in [("sha256", &JsValue::from_str(sha256)), ("bytes", &bytes)] {
            Reflect::set(&record, &name.into(), value).map_err(idb::Error::UpdateFailed)?;
        }
        let transaction = self.0.transaction(&[STORE], TransactionMode::ReadWrite)?;
        transaction
            .object_store(STORE)?
            .put(&record, Some(&JsValue::from_str(key)))?
            .await?;
        // A full disk shows only when the transaction ends.
        match transaction.await?.is_committed() {
            true => Ok(()),
            false => Err(idb::Error::UpdateFailed(JsValue::NULL)),
        }
    }
}
