//! The IndexedDB database: records, pieces and benchmarks of models.
//!
//! | Object store | Key | Value |
//! |---|---|---|
//! | `records` | [`Record::id`] | [`Record`] |
//! | `pieces` | [`Record::id`], index of the piece | `Blob`, or `Uint8Array` from earlier versions and in browsers that store no blobs |
//! | `benchmarks` | [`Record::id`] | [`StoredBenchmark`] |

pub mod benchmarks;
pub mod record;
pub mod refusal;

use std::cell::Cell;
use std::ops::Range;

use futures::future::join;
use idb::builder::{DatabaseBuilder, ObjectStoreBuilder};
use idb::{KeyRange, ObjectStore, Query};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use crate::web::browser::indexed_db::{Connection, all, is_full};
use crate::web::model_store::piece_bytes::{Key, PieceBytes};
use benchmarks::StoredBenchmark;
use record::Record;
use refusal::Refusal;

const NAME: &str = "glance";
const SCHEMA: u32 = 4;
const RECORDS: &str = "records";
const PIECES: &str = "pieces";
const BENCHMARKS: &str = "benchmarks";
const ALL: [&str; 3] = [RECORDS, PIECES, BENCHMARKS];

/// An open database.
pub(super) struct Database {
    connection: Connection,
    /// Cleared when a blob is refused: some browsers store none in private windows.
    takes_blobs: Cell<bool>,
}

impl Database {
    /// Opens the database, or says why it cannot be used.
    pub(super) async fn open() -> Result<Self, Refusal> {
        let builder = DatabaseBuilder::new(NAME)
            .version(SCHEMA)
            .add_object_store(ObjectStoreBuilder::new(RECORDS))
            .add_object_store(ObjectStoreBuilder::new(PIECES))
            .add_object_store(ObjectStoreBuilder::new(BENCHMARKS));
        Ok(Self {
            connection: Connection::open(NAME, &ALL, builder).await?,
            takes_blobs: Cell::new(true),
        })
    }

    /// All readable records, latest first.
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

    /// Indices of the stored pieces.
    pub(super) async fn pieces(&self, id: &str) -> Result<Vec<usize>, idb::Error> {
        let transaction = self.read(PIECES)?;
        let store = transaction.object_store(PIECES)?;
        let all = Some(Query::KeyRange(pieces_of(id)?));
        let keys = store.get_all_keys(all, None)?.await?;
        Ok(keys.into_iter().filter_map(piece_index).collect())
    }

    /// A whole piece.
    pub(super) async fn piece(
        &self,
        id: &str,
        index: usize,
    ) -> Result<Option<Uint8Array>, idb::Error> {
        let transaction = self.read(PIECES)?;
        let store = transaction.object_store(PIECES)?;
        let value = store.get(piece_key(id, index))?.await?;
        let blob = match value.map(JsValue::dyn_into::<Blob>) {
            Some(Ok(blob)) => blob,
            Some(Err(array)) => return Ok(array.dyn_into().ok()),
            None => return Ok(None),
        };
        let bytes = JsFuture::from(blob.array_buffer()).await;
        Ok(bytes.ok().map(|bytes| Uint8Array::new(&bytes)))
    }

    /// The stored pieces in a range of indices, as blobs or arrays.
    pub(super) async fn some_pieces(
        &self,
        id: &str,
        indices: Range<usize>,
    ) -> Result<Vec<(usize, JsValue)>, idb::Error> {
        let transaction = self.read(PIECES)?;
        let store = transaction.object_store(PIECES)?;
        let [first, end] = [indices.start, indices.end].map(|index| piece_key(id, index));
        let some = || KeyRange::bound(&first, &end, None, Some(true)).map(Query::KeyRange);
        let keys = store.get_all_keys(Some(some()?), None)?;
        let values = store.get_all(Some(some()?), None)?;
        let (keys, values) = join(keys.into_future(), values.into_future()).await;
        let indices = keys?.into_iter().filter_map(piece_index);
        Ok(indices.zip(values?).collect())
    }

    /// Stores pieces, all or none.
    pub(super) async fn put_pieces(&self, pieces: &[(Key, PieceBytes)]) -> Result<(), idb::Error> {
        if self.takes_blobs.get() {
            let blob = |bytes: &Uint8Array| Blob::new_with_u8_array_sequence(&Array::of1(bytes));
            let put = self.put_all(pieces, |bytes| blob(bytes).map(JsValue::from));
            match put.await {
                Err(error) if !is_full(&error) => self.takes_blobs.set(false),
                result => return result,
            }
        }
        self.put_all(pieces, |bytes| Ok(bytes.into())).await
    }

    async fn put_all(
        &self,
        pieces: &[(Key, PieceBytes)],
        value: impl Fn(&Uint8Array) -> Result<JsValue, JsValue>,
    ) -> Result<(), idb::Error> {
        self.write(PIECES, async |store| {
            let put = |(key, bytes): &(Key, PieceBytes)| {
                let value = value(bytes).map_err(idb::Error::UpdateFailed)?;
                store.put(&value, Some(&piece_key(&key.0, key.1)))
            };
            all(pieces.iter().map(put).collect()).await
        })
        .await
    }

    pub(super) async fn delete_piece(&self, id: &str, index: usize) -> Result<(), idb::Error> {
        self.write(PIECES, async |store| {
            store.delete(piece_key(id, index))?.await
        })
        .await
    }

    /// Deletes a model. The record goes last, so what an interruption leaves stays listed.
    pub(super) async fn delete(&self, id: &str) -> Result<(), idb::Error> {
        self.write(PIECES, async |store| store.delete(pieces_of(id)?)?.await)
            .await?;
        for store in [BENCHMARKS, RECORDS] {
            self.write(store, async |store| {
                store.delete(JsValue::from_str(id))?.await
            })
            .await?;
        }
        Ok(())
    }

    pub(super) async fn benchmark(&self, id: &str) -> Result<Option<StoredBenchmark>, idb::Error> {
        let transaction = self.read(BENCHMARKS)?;
        let store = transaction.object_store(BENCHMARKS)?;
        let value = store.get(JsValue::from_str(id))?.await?;
        Ok(value.and_then(|value| serde_wasm_bindgen::from_value(value).ok()))
    }

    pub(super) async fn put_benchmark(
        &self,
        id: &str,
        benchmark: &StoredBenchmark,
    ) -> Result<(), idb::Error> {
        let value = serde_wasm_bindgen::to_value(benchmark)
            .map_err(|error| idb::Error::UpdateFailed(error.into()))?;
        self.write(BENCHMARKS, async |store| {
            store.put(&value, Some(&JsValue::from_str(id)))?.await?;
            Ok(())
        })
        .await
    }

    fn read(&self, store: &str) -> Result<idb::Transaction, idb::Error> {
        self.connection.read(&[store])
    }

    async fn write(
        &self,
        store: &str,
        change: impl AsyncFnOnce(ObjectStore) -> Result<(), idb::Error>,
    ) -> Result<(), idb::Error> {
        let change = async |transaction: &idb::Transaction| {
            let store = transaction.object_store(store)?;
            change(store).await
        };
        self.connection.write(&[store], change).await
    }
}

fn piece_key(id: &str, index: usize) -> JsValue {
    Array::of2(&id.into(), &(index as f64).into()).into()
}

/// The index in a key from [`piece_key`].
fn piece_index(key: JsValue) -> Option<usize> {
    let index = key.dyn_into::<Array>().ok()?.get(1).as_f64()?;
    Some(index as usize)
}

fn pieces_of(id: &str) -> Result<KeyRange, idb::Error> {
    let bound = |index: f64| JsValue::from(Array::of2(&id.into(), &index.into()));
    KeyRange::bound(&bound(0.0), &bound(f64::INFINITY), None, None)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    async fn kept() -> Vec<(usize, bool, Option<Vec<u8>>)> {
        let database = Database::open().await.expect("a database");
        let pieces = [1, 2, 4].map(|index| {
            let bytes = Uint8Array::new_from_slice(&[index as u8; 3]);
            (("model".to_owned(), index), PieceBytes::from(bytes))
        });
        let put = database.put_pieces(&pieces).await;
        put.expect("there is room");
        let mut kept = Vec::new();
        for (index, value) in database.some_pieces("model", 0..4).await.expect("they are") {
            let bytes = database.piece("model", index).await.expect("it is");
            kept.push((index, value.is_instance_of::<Blob>(), bytes));
        }
        database.delete("model").await.expect("it is there");
        let bytes = |bytes: Uint8Array| bytes.to_vec();
        let with_bytes =
            |(index, is_blob, kept): (_, _, Option<_>)| (index, is_blob, kept.map(bytes));
        kept.into_iter().map(with_bytes).collect()
    }

    #[wasm_bindgen_test]
    async fn pieces_are_kept_as_arrays_where_no_blobs_are_taken() {
        let bytes = |index| Some(vec![index; 3]);
        assert_eq!(kept().await, [(1, true, bytes(1)), (2, true, bytes(2))]);
        let refuse_blobs = "
            globalThis.put = IDBObjectStore.prototype.put;
            IDBObjectStore.prototype.put = function (value, key) {
                if (value instanceof Blob) throw new DOMException('no', 'DataCloneError');
                return put.call(this, value, key);
            };";
        js_sys::eval(refuse_blobs).expect("a method");
        assert_eq!(kept().await, [(1, false, bytes(1)), (2, false, bytes(2))]);
        js_sys::eval("IDBObjectStore.prototype.put = put;").expect("a method");
    }
}
