//! The remembered pictures.

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::{FutureExt, LocalBoxFuture, Shared};
use glance_protocol::RememberedPicture;

use super::database::Database;
use crate::embedding::Embedding;
use crate::grouping::DifferenceHash;
use crate::image::{Picture, Preprocessing};
use crate::web::browser::indexed_db::is_full;
use crate::web::policy::unwritten::Batch;

/// Pictures that are handed out at once. 500 kept the page busy for half a second, 50 keep it for a
/// tenth at most (two cores of an Intel Xeon, beside other programs).
const RECALLED_AT_ONCE: u32 = 50;

type Opening = Shared<LocalBoxFuture<'static, Option<Rc<Database>>>>;

/// The remembered pictures; none if the browser stores nothing. The database is opened when it is
/// first needed.
#[derive(Default)]
pub struct PictureStore {
    opening: RefCell<Option<Opening>>,
}

/// What is remembered of a file that this model encoded before.
pub struct Known {
    pub embedding: Embedding,
    /// Its thumbnail, a JPEG file, if there is one.
    pub jpeg: Option<Vec<u8>>,
    /// Its hash, if it is stored or there is a thumbnail to compute it from.
    pub hash: Option<DifferenceHash>,
}

/// Why nothing was written.
pub(super) enum Unwritable {
    /// The quota is used up.
    Full,
    /// The browser stores nothing.
    Refused,
    /// This time it failed.
    Failed,
}

impl PictureStore {
    /// What is remembered of a file; `None` if this model has not encoded it.
    pub async fn find(&self, model: &str, content: &str) -> Option<Known> {
        let embedding = self.embedding(model, content).await?;
        let database = self.database().await?;
        let picture = self.unless_failed(database.picture(content).await);
        let picture = picture.flatten();
        let hash = picture.as_ref().and_then(hash);
        let jpeg = picture.map(|picture| picture.jpeg);
        Some(Known {
            embedding,
            jpeg,
            hash,
        })
    }

    /// The embedding of a file by a model.
    async fn embedding(&self, model: &str, content: &str) -> Option<Embedding> {
        let database = self.database().await?;
        let found = database.embedding(content, model).await;
        self.unless_failed(found).flatten()
    }

    /// The number of pictures, and when the last one was added.
    pub async fn overview(&self) -> (u32, Option<f64>) {
        let Some(database) = self.database().await else {
            return (0, None);
        };
        let overview = database.overview().await;
        self.unless_failed(overview).unwrap_or_default()
    }

    /// The next pictures that were added after a time, in that order.
    pub async fn recall(&self, after: f64) -> Vec<RememberedPicture> {
        let Some(database) = self.database().await else {
            return Vec::new();
        };
        let pictures = database.pictures_after(after, RECALLED_AT_ONCE).await;
        self.unless_failed(pictures).unwrap_or_default()
    }

    /// Each corrected file with its label.
    pub async fn corrections(&self) -> Vec<(String, String)> {
        let Some(database) = self.database().await else {
            return Vec::new();
        };
        let corrections = database.corrections().await;
        self.unless_failed(corrections).unwrap_or_default()
    }

    /// Remembers the labels of files, or forgets them.
    pub async fn correct(&self, corrections: &[(String, Option<String>)]) {
        if let Some(database) = self.database().await {
            let corrected = database.correct(corrections).await;
            self.unless_failed(corrected);
        }
    }

    /// Forgets pictures with their embeddings and corrections, or everything.
    pub(super) async fn forget(&self, contents: Option<&[String]>) {
        let Some(database) = self.database().await else {
            return;
        };
        let forgotten = match contents {
            Some(contents) => database.delete(contents).await,
            None => database.clear().await,
        };
        self.unless_failed(forgotten);
    }

    pub(super) async fn put(&self, batch: &Batch) -> Result<(), Unwritable> {
        let database = self.database().await.ok_or(Unwritable::Refused)?;
        match database.put(batch).await {
            Ok(()) => Ok(()),
            Err(error) if is_full(&error) => Err(Unwritable::Full),
            Err(_) => {
                self.opening.take();
                Err(Unwritable::Failed)
            }
        }
    }

    async fn database(&self) -> Option<Rc<Database>> {
        let opening = self.opening.borrow_mut().get_or_insert_with(open).clone();
        opening.await
    }

    /// The result. After a failure the database is opened again when it is next needed: the browser
    /// closes it when it removes a page's data.
    fn unless_failed<T>(&self, result: Result<T, idb::Error>) -> Option<T> {
        if result.is_err() {
            self.opening.take();
        }
        result.ok()
    }
}

/// The hash of a picture. One that an earlier version stored has only its thumbnail.
fn hash(picture: &RememberedPicture) -> Option<DifferenceHash> {
    picture.hash.map(DifferenceHash).or_else(|| {
        let square = Picture::decode_jpeg(&picture.jpeg)?.ok()?;
        let levels = square.levels(square.width(), &Preprocessing::default());
        Some(DifferenceHash::new(&levels))
    })
}

fn open() -> Opening {
    let database = async { Database::open().await.ok().map(Rc::new) };
    database.boxed_local().shared()
}
