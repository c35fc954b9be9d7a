//! The IndexedDB database: pictures, embeddings and corrections.
//!
//! | Object store | Key | Value |
//! |---|---|---|
//! | `pictures` | SHA-256 of the file | [`RememberedPicture`] |
//! | `embeddings` | SHA-256 of the file, id of the model | the values as bytes, [`Floats`] |
//! | `corrections` | SHA-256 of the file | the label that the person moved it to |
//!
//! An embedding's key begins with the file, so that all models' embeddings of a file can be deleted
//! at once.

use glance_protocol::{Floats, RememberedPicture};
use idb::builder::{DatabaseBuilder, IndexBuilder, ObjectStoreBuilder};
use idb::{CursorDirection, KeyPath, KeyRange, Query, Transaction};
use js_sys::Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::embedding::Embedding;
use crate::web::browser::indexed_db::{Connection, OpenError, all};
use crate::web::policy::unwritten::{Batch, NewEmbedding};

const NAME: &str = "glance pictures";
const SCHEMA: u32 = 2;
const PICTURES: &str = "pictures";
/// To be renamed, with a new [`SCHEMA`], when the engine encodes the same file differently: the old
/// embeddings are then deleted.
const EMBEDDINGS: &str = "embeddings";
const CORRECTIONS: &str = "corrections";
const ALL: [&str; 3] = [PICTURES, EMBEDDINGS, CORRECTIONS];
/// The index of pictures by the time they were added.
const ORDER: &str = "added";
/// Most pictures. The oldest give way.
const MOST_PICTURES: u32 = 20_000;
/// Most embeddings, of all models; 200 MB at 512 dimensions. No more are stored then.
const MOST_EMBEDDINGS: u32 = 100_000;

/// An open database.
pub(super) struct Database {
    connection: Connection,
}

impl Database {
    /// Opens the database, or says why it cannot be used.
    pub(super) async fn open() -> Result<Self, OpenError> {
        Self::open_as(NAME).await
    }

    async fn open_as(name: &str) -> Result<Self, OpenError> {
        let builder = of_first_schema(name)
            .version(SCHEMA)
            .add_object_store(ObjectStoreBuilder::new(CORRECTIONS));
        Ok(Self {
            connection: Connection::open(name, &ALL, builder).await?,
        })
    }

    /// The embedding of a file by a model.
    pub(super) async fn embedding(
        &self,
        content: &str,
        model: &str,
    ) -> Result<Option<Embedding>, idb::Error> {
        let transaction = self.connection.read(&[EMBEDDINGS])?;
        let store = transaction.object_store(EMBEDDINGS)?;
        let value = store.get(embedding_key(content, model))?.await?;
        Ok(value
            .and_then(from_js)
            .map(|Floats(values)| Embedding(values)))
    }

    /// A picture.
    pub(super) async fn picture(
        &self,
        content: &str,
    ) -> Result<Option<RememberedPicture>, idb::Error> {
        let transaction = self.connection.read(&[PICTURES])?;
        let store = transaction.object_store(PICTURES)?;
        let value = store.get(JsValue::from_str(content))?.await?;
        Ok(value.and_then(from_js))
    }

    /// The number of pictures, and when the last one was added.
    pub(super) async fn overview(&self) -> Result<(u32, Option<f64>), idb::Error> {
        let transaction = self.connection.read(&[PICTURES])?;
        let store = transaction.object_store(PICTURES)?;
        let count = store.count(None)?.await?;
        let order = store.index(ORDER)?;
        let last = order.open_key_cursor(None, Some(CursorDirection::Prev))?;
        let last = match last.await? {
            Some(cursor) => cursor.key()?.as_f64(),
            None => None,
        };
        Ok((count, last))
    }

    /// Pictures that were added after a time, in that order, at most `limit`.
    pub(super) async fn pictures_after(
        &self,
        after: f64,
        limit: u32,
    ) -> Result<Vec<RememberedPicture>, idb::Error> {
        let transaction = self.connection.read(&[PICTURES])?;
        let order = transaction.object_store(PICTURES)?.index(ORDER)?;
        let later = KeyRange::lower_bound(&after.into(), Some(true))?;
        let values = order.get_all(Some(Query::KeyRange(later)), Some(limit))?;
        Ok(values.await?.into_iter().filter_map(from_js).collect())
    }

    /// Stores pictures and embeddings, all or none.
    pub(super) async fn put(&self, batch: &Batch) -> Result<(), idb::Error> {
        self.put_bounded(batch, MOST_PICTURES, MOST_EMBEDDINGS)
            .await
    }

    async fn put_bounded(
        &self,
        batch: &Batch,
        most_pictures: u32,
        most_embeddings: u32,
    ) -> Result<(), idb::Error> {
        self.connection
            .write(&ALL, async |transaction| {
                let [pictures, embeddings] = [
                    transaction.object_store(PICTURES)?,
                    transaction.object_store(EMBEDDINGS)?,
                ];
                let put = |picture: &RememberedPicture| {
                    let key = JsValue::from_str(&picture.content);
                    pictures.put(&to_js(picture)?, Some(&key))
                };
                all(batch.pictures.iter().map(put).collect()).await?;
                if embeddings.count(None)?.await? < most_embeddings {
                    let put = |one: &NewEmbedding| {
                        let values = Floats(one.embedding.0.clone());
                        let key = embedding_key(&one.content, &one.model);
                        embeddings.put(&to_js(&values)?, Some(&key))
                    };
                    all(batch.embeddings.iter().map(put).collect()).await?;
                }
                let count = pictures.count(None)?.await?;
                match count.checked_sub(most_pictures) {
                    None | Some(0) => Ok(()),
                    Some(over) => {
                        let oldest = pictures.index(ORDER)?.get_all_keys(None, Some(over))?;
                        let oldest = oldest.await?;
                        let oldest = oldest.iter().filter_map(JsValue::as_string);
                        delete(transaction, oldest).await
                    }
                }
            })
            .await
    }

    /// Each corrected file with its label.
    pub(super) async fn corrections(&self) -> Result<Vec<(String, String)>, idb::Error> {
        let transaction = self.connection.read(&[CORRECTIONS])?;
        let store = transaction.object_store(CORRECTIONS)?;
        let contents = store.get_all_keys(None, None)?.await?;
        let labels = store.get_all(None, None)?.await?;
        let both = contents.iter().zip(&labels);
        let both = both.filter_map(|(content, label)| content.as_string().zip(label.as_string()));
        Ok(both.collect())
    }

    /// Stores the labels of files, or deletes them.
    pub(super) async fn correct(
        &self,
        corrections: &[(String, Option<String>)],
    ) -> Result<(), idb::Error> {
        self.connection
            .write(&[CORRECTIONS], async |transaction| {
                let store = transaction.object_store(CORRECTIONS)?;
                let (mut put, mut gone) = (Vec::new(), Vec::new());
                for (content, label) in corrections {
                    let content = JsValue::from_str(content);
                    match label {
                        Some(label) => put.push(store.put(&label.into(), Some(&content))),
                        None => gone.push(content),
                    }
                }
                all(put).await?;
                // Begun only now: nobody would hear of a request that ends while others are awaited.
                all(gone
                    .into_iter()
                    .map(|content| store.delete(content))
                    .collect())
                .await
            })
            .await
    }

    /// Deletes pictures with their embeddings and corrections.
    pub(super) async fn delete(&self, contents: &[String]) -> Result<(), idb::Error> {
        self.connection
            .write(&ALL, async |transaction| {
                delete(transaction, contents.iter().cloned()).await
            })
            .await
    }

    /// Deletes everything.
    pub(super) async fn clear(&self) -> Result<(), idb::Error> {
        self.connection
            .write(&ALL, async |transaction| {
                let clear = |store| transaction.object_store(store)?.clear();
                all(ALL.iter().map(|store| clear(store)).collect()).await
            })
            .await
    }
}

/// The object stores that every version has.
fn of_first_schema(name: &str) -> DatabaseBuilder {
    let by_time = IndexBuilder::new(ORDER.to_owned(), KeyPath::new_single(ORDER))
        .unique(false)
        .multi_entry(false);
    DatabaseBuilder::new(name)
        .add_object_store(ObjectStoreBuilder::new(PICTURES).add_index(by_time))
        .add_object_store(ObjectStoreBuilder::new(EMBEDDINGS))
}

async fn delete(
    transaction: &Transaction,
    contents: impl Iterator<Item = String>,
) -> Result<(), idb::Error> {
    let [pictures, embeddings, corrections] = [
        transaction.object_store(PICTURES)?,
        transaction.object_store(EMBEDDINGS)?,
        transaction.object_store(CORRECTIONS)?,
    ];
    let mut requests = Vec::new();
    for content in contents {
        requests.push(pictures.delete(JsValue::from_str(&content)));
        requests.push(corrections.delete(JsValue::from_str(&content)));
        requests.push(embeddings_of(&content).and_then(|range| embeddings.delete(range)));
    }
    all(requests).await
}

fn embedding_key(content: &str, model: &str) -> JsValue {
    Array::of2(&content.into(), &model.into()).into()
}

/// The keys of a file's embeddings.
fn embeddings_of(content: &str) -> Result<KeyRange, idb::Error> {
    let first = Array::of1(&content.into());
    // An array comes after every text.
    let end = Array::of2(&content.into(), &Array::new());
    KeyRange::bound(&first, &end, None, None)
}

fn to_js(value: &impl Serialize) -> Result<JsValue, idb::Error> {
    serde_wasm_bindgen::to_value(value).map_err(|error| idb::Error::UpdateFailed(error.into()))
}

/// A stored value; `None` if it is not what this version stores.
fn from_js<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

#[cfg(test)]
mod tests {
    use js_sys::{Object, Reflect};
    use wasm_bindgen::JsCast;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn picture(content: &str, added: f64) -> RememberedPicture {
        RememberedPicture {
            content: content.to_owned(),
            name: format!("{content} ü.jpg"),
            added,
            jpeg: vec![0xff, 0xd8, added as u8],
            hash: (added > 1.0).then_some([added as u8; 8]),
        }
    }

    fn embedding(content: &str, model: &str, value: f32) -> NewEmbedding {
        NewEmbedding {
            content: content.to_owned(),
            model: model.to_owned(),
            embedding: Embedding(vec![value, -value]),
        }
    }

    fn batch(pictures: &[(&str, f64)], models: &[&str]) -> Batch {
        let of = |(content, added): &(&str, f64)| {
            let value = *added as f32;
            let by = |model: &&str| embedding(content, model, value);
            models.iter().map(by).collect::<Vec<_>>()
        };
        Batch {
            pictures: pictures
                .iter()
                .map(|(c, added)| picture(c, *added))
                .collect(),
            embeddings: pictures.iter().flat_map(of).collect(),
        }
    }

    async fn contents(database: &Database) -> Vec<String> {
        let all = database.pictures_after(0.0, 100).await.expect("a list");
        all.into_iter().map(|picture| picture.content).collect()
    }

    #[wasm_bindgen_test]
    async fn what_an_earlier_version_stored_is_kept() {
        const OLD: &str = "pictures of the first schema";
        let stored = to_js(&picture("a", 1.0)).expect("plain values");
        let without_hash =
            Reflect::delete_property(stored.unchecked_ref::<Object>(), &"hash".into());
        assert_eq!(without_hash, Ok(true));
        let first = of_first_schema(OLD).version(1);
        let old = Connection::open(OLD, &[PICTURES, EMBEDDINGS], first).await;
        let old = old.expect("a database");
        let written = old.write(&[PICTURES], async |transaction| {
            let store = transaction.object_store(PICTURES)?;
            let put = store.put(&stored, Some(&JsValue::from_str("a")));
            all(vec![put]).await
        });
        written.await.expect("there is room");
        drop(old);

        let database = Database::open_as(OLD).await.expect("a database");
        let known = database.picture("a").await.expect("an answer");
        assert_eq!(known, Some(picture("a", 1.0)));
        assert_eq!(database.corrections().await.expect("a list"), []);
        database.clear().await.expect("it can be cleared");
    }

    /// One test, because tests of a worker share the database.
    #[wasm_bindgen_test]
    async fn pictures_are_remembered_in_order_and_forgotten_whole() {
        let database = Database::open().await.expect("a database");
        database.clear().await.expect("it can be cleared");
        assert_eq!(database.overview().await.expect("a count"), (0, None));

        let first = batch(&[("b", 2.0), ("a", 1.0), ("c", 3.0)], &["one", "two"]);
        database.put(&first).await.expect("there is room");
        assert_eq!(contents(&database).await, ["a", "b", "c"]);
        assert_eq!(database.overview().await.expect("a count"), (3, Some(3.0)));
        let after = database.pictures_after(1.0, 1).await.expect("a list");
        assert_eq!(after, [picture("b", 2.0)]);
        let known = database.embedding("b", "two").await.expect("an answer");
        assert_eq!(known, Some(Embedding(vec![2.0, -2.0])));
        let unknown = database.embedding("b", "three").await.expect("an answer");
        assert_eq!(unknown, None);

        let moved = |content: &str, label: &str| (content.to_owned(), label.to_owned());
        let labelled = |content: &str, label: Option<&str>| {
            let label = label.map(str::to_owned);
            (content.to_owned(), label)
        };
        let labels = [
            labelled("a", Some("Eule ü")),
            labelled("b", Some("owl")),
            labelled("c", None),
            labelled("d", Some("sky")),
        ];
        database.correct(&labels).await.expect("there is room");
        let known = database.corrections().await.expect("a list");
        let all = [moved("a", "Eule ü"), moved("b", "owl"), moved("d", "sky")];
        assert_eq!(known, all);
        let changed = [labelled("d", None), labelled("a", Some("bat"))];
        database.correct(&changed).await.expect("there is room");
        let known = database.corrections().await.expect("a list");
        assert_eq!(known, [moved("a", "bat"), moved("b", "owl")]);

        // Added again, it is the last, and stays corrected.
        let again = batch(&[("a", 4.0)], &[]);
        database.put(&again).await.expect("there is room");
        assert_eq!(contents(&database).await, ["b", "c", "a"]);
        let again = database.picture("a").await.expect("an answer");
        assert_eq!(again, Some(picture("a", 4.0)));

        // The oldest give way.
        let more = batch(&[("d", 5.0), ("e", 6.0)], &["one"]);
        let put = database.put_bounded(&more, 3, 100).await;
        put.expect("there is room");
        assert_eq!(contents(&database).await, ["a", "d", "e"]);
        for model in ["one", "two"] {
            let gone = database.embedding("b", model).await.expect("an answer");
            assert_eq!(gone, None);
        }
        let known = database.corrections().await.expect("a list");
        assert_eq!(known, [moved("a", "bat")]);

        let forgotten = ["a", "unknown"].map(str::to_owned);
        let deleted = database.delete(&forgotten).await;
        deleted.expect("it is there");
        assert_eq!(contents(&database).await, ["d", "e"]);
        assert_eq!(database.corrections().await.expect("a list"), []);
        let gone = database.embedding("a", "two").await.expect("an answer");
        assert_eq!(gone, None);
        let kept = database.embedding("d", "one").await.expect("an answer");
        assert!(kept.is_some());

        // Embeddings are bounded too.
        let more = batch(&[("f", 7.0)], &["one"]);
        let put = database.put_bounded(&more, 100, 2).await;
        put.expect("there is room");
        assert_eq!(contents(&database).await, ["d", "e", "f"]);
        let missing = database.embedding("f", "one").await.expect("an answer");
        assert_eq!(missing, None);

        let labels = [labelled("d", Some("sky"))];
        database.correct(&labels).await.expect("there is room");
        database.clear().await.expect("it can be cleared");
        assert_eq!(contents(&database).await, [""; 0]);
        assert_eq!(database.corrections().await.expect("a list"), []);
        let gone = database.embedding("d", "one").await.expect("an answer");
        assert_eq!(gone, None);
    }
}
