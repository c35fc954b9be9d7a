//! The browser's database: what each model is, and its pieces.
//!
//! | Object store | Key | Value |
//! |---|---|---|
//! | `records` | [`Record::id`] | [`Record`] |
//! | `pieces` | [`Record::id`], index of the piece | `Uint8Array` |
//! | `trials` | [`Record::id`] | [`Trial`] |
//! | `models` | of schema 1: where a model came from | its whole file; see [`super::migration`] |

use futures::future::join_all;
use futures_channel::oneshot;
use idb::builder::{DatabaseBuilder, ObjectStoreBuilder};
use idb::{KeyRange, ObjectStore, Query, TransactionMode};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::IdbDatabase;

use super::piece_bytes::PieceBytes;
use super::pieces::{Key, Refusal};
use super::record::Record;
use super::trials::Trial;
use crate::web::patience::within;

const NAME: &str = "glance";
const SCHEMA: u32 = 3;
const RECORDS: &str = "records";
const PIECES: &str = "pieces";
const TRIALS: &str = "trials";
pub(super) const WHOLE_FILES: &str = "models";
/// How long a tab with an older schema may keep this one from opening.
const PATIENCE_MILLISECONDS: u32 = 5_000;

/// An open database; closed when dropped, so that a later schema need not wait for this page.
pub(super) struct Database(idb::Database);

impl Drop for Database {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Database {
    /// Opens it, or says why this browser has none for us.
    pub(super) async fn open() -> Result<Self, Refusal> {
        let builder = DatabaseBuilder::new(NAME)
            .version(SCHEMA)
            .add_object_store(ObjectStoreBuilder::new(WHOLE_FILES))
            .add_object_store(ObjectStoreBuilder::new(RECORDS))
            .add_object_store(ObjectStoreBuilder::new(PIECES))
            .add_object_store(ObjectStoreBuilder::new(TRIALS));
        // By itself: a request of `idb` that is given up throws when it is answered.
        let (sender, opened) = oneshot::channel();
        spawn_local(async move {
            if let Err(Ok(late)) = sender.send(builder.build().await) {
                late.close();
            }
        });
        let opened = within(PATIENCE_MILLISECONDS, opened).await;
        let opened = opened.and_then(Result::ok).ok_or(Refusal::Held)?;
        let mut database = opened.map_err(|_| Refusal::Refused)?;
        // A tab with a later schema waits for this connection.
        database.on_version_change(|event| {
            let connection = event.target().and_then(|target| target.dyn_into().ok());
            let connection: Option<IdbDatabase> = connection;
            if let Some(connection) = connection {
                connection.close();
            }
        });
        Ok(Self(database))
    }

    /// Every record that can be read; the latest first.
    pub(super) async fn records(&self) -> Result<Vec<Record>, idb::Error> {
        let transaction = self.read(RECORDS)?;
        let store = transaction.object_store(RECORDS)?;
        let values = store.get_all(None, None)?.await?;
        let readable = |value| serde_wasm_bindgen::from_value(value).ok();
        let mut records: Vec<Record> = values.into_iter().filter_map(readable).collect();
        records.sort_by(|a, b| b.added.total_cmp(&a.added));
        Ok(records)
    }

    pub(super) async fn record(&self, id: &str) -> Result<Option<Record>, idb::Error> {
        let transaction = self.read(RECORDS)?;
        let store = transaction.object_store(RECORDS)?;
        let value = store.get(JsValue::from_str(id))?.await?;
        Ok(value.and_then(|value| serde_wasm_bindgen::from_value(value).ok()))
    }

    pub(super) async fn put_record(&self, record: &Record) -> Result<(), idb::Error> {
        let value = serde_wasm_bindgen::to_value(record)
            .map_err(|error| idb::Error::UpdateFailed(error.into()))?;
        let key = JsValue::from_str(record.id());
        self.write(RECORDS, async |store| {
            store.put(&value, Some(&key))?.await?;
            Ok(())
        })
        .await
    }

    /// Indices of the pieces that are here.
    pub(super) async fn pieces(&self, id: &str) -> Result<Vec<usize>, idb::Error> {
        let transaction = self.read(PIECES)?;
        let store = transaction.object_store(PIECES)?;
        let all = Some(Query::KeyRange(pieces_of(id)?));
        let keys = store.get_all_keys(all, None)?.await?;
        let index = |key: JsValue| key.dyn_into::<Array>().ok()?.get(1).as_f64();
        Ok(keys
            .into_iter()
            .filter_map(index)
            .map(|index| index as usize)
            .collect())
    }

    pub(super) async fn piece(
        &self,
        id: &str,
        index: usize,
    ) -> Result<Option<Uint8Array>, idb::Error> {
        let transaction = self.read(PIECES)?;
        let store = transaction.object_store(PIECES)?;
        let value = store.get(piece_key(id, index))?.await?;
        Ok(value.and_then(|value| value.dyn_into().ok()))
    }

    /// Puts pieces here, all or none.
    pub(super) async fn put_pieces(&self, pieces: &[(Key, PieceBytes)]) -> Result<(), idb::Error> {
        self.write(PIECES, async |store| {
            let mut requests = Vec::with_capacity(pieces.len());
            let mut refused = None;
            for ((id, index), bytes) in pieces {
                match store.put(bytes, Some(&piece_key(id, *index))) {
                    Ok(request) => requests.push(request.into_future()),
                    Err(error) => refused = Some(error),
                }
            }
            // Each is waited for, also behind one that failed: a request of `idb` that is given up
            // throws when it is answered.
            let answers = join_all(requests).await;
            refused.map_or(Ok(()), Err)?;
            answers.into_iter().try_for_each(|answer| answer.map(drop))
        })
        .await
    }

    pub(super) async fn delete_piece(&self, id: &str, index: usize) -> Result<(), idb::Error> {
        self.write(PIECES, async |store| {
            store.delete(piece_key(id, index))?.await
        })
        .await
    }

    /// Removes a model. What is left where this is cut short has its record still.
    pub(super) async fn delete(&self, id: &str) -> Result<(), idb::Error> {
        self.write(PIECES, async |store| store.delete(pieces_of(id)?)?.await)
            .await?;
        for store in [TRIALS, RECORDS] {
            self.write(store, async |store| {
                store.delete(JsValue::from_str(id))?.await
            })
            .await?;
        }
        Ok(())
    }

    pub(super) async fn trial(&self, id: &str) -> Result<Option<Trial>, idb::Error> {
        let transaction = self.read(TRIALS)?;
        let store = transaction.object_store(TRIALS)?;
        let value = store.get(JsValue::from_str(id))?.await?;
        Ok(value.and_then(|value| serde_wasm_bindgen::from_value(value).ok()))
    }

    pub(super) async fn put_trial(&self, id: &str, trial: &Trial) -> Result<(), idb::Error> {
        let value = serde_wasm_bindgen::to_value(trial)
            .map_err(|error| idb::Error::UpdateFailed(error.into()))?;
        self.write(TRIALS, async |store| {
            store.put(&value, Some(&JsValue::from_str(id)))?.await?;
            Ok(())
        })
        .await
    }

    /// A model of schema 1, by where it came from, with all that are there.
    pub(super) async fn whole_files(&self) -> Result<Vec<(String, JsValue)>, idb::Error> {
        let transaction = self.read(WHOLE_FILES)?;
        let store = transaction.object_store(WHOLE_FILES)?;
        let keys = store.get_all_keys(None, None)?.await?;
        let mut files = Vec::with_capacity(keys.len());
        for key in keys {
            let value = store.get(key.clone())?.await?;
            files.extend(key.as_string().zip(value));
        }
        Ok(files)
    }

    pub(super) async fn delete_whole_file(&self, key: &str) -> Result<(), idb::Error> {
        self.write(WHOLE_FILES, async |store| {
            store.delete(JsValue::from_str(key))?.await
        })
        .await
    }

    fn read(&self, store: &str) -> Result<idb::Transaction, idb::Error> {
        self.0.transaction(&[store], TransactionMode::ReadOnly)
    }

    async fn write(
        &self,
        store: &str,
        change: impl AsyncFnOnce(ObjectStore) -> Result<(), idb::Error>,
    ) -> Result<(), idb::Error> {
        let transaction = self.0.transaction(&[store], TransactionMode::ReadWrite)?;
        let store = transaction.object_store(store)?;
        let same = store.transaction();
        change(store).await?;
        // A full disk shows only when the transaction ends.
        match transaction.await?.is_committed() {
            true => Ok(()),
            false => Err(same.error().map_or(
                idb::Error::UpdateFailed(JsValue::NULL),
                idb::Error::DomException,
            )),
        }
    }
}

/// Whether a change was refused for want of room. [`crate::web::storage::free`] does not tell:
/// browsers that guard against fingerprinting always claim some.
pub(super) fn is_full(error: &idb::Error) -> bool {
    matches!(error, idb::Error::DomException(exception) if exception.name() == "QuotaExceededError")
}

fn piece_key(id: &str, index: usize) -> JsValue {
    Array::of2(&id.into(), &(index as f64).into()).into()
}

fn pieces_of(id: &str) -> Result<KeyRange, idb::Error> {
    let bound = |index: f64| JsValue::from(Array::of2(&id.into(), &index.into()));
    KeyRange::bound(&bound(0.0), &bound(f64::INFINITY), None, None)
}
