//! IndexedDB: opens a database, and runs transactions.

use futures::future::join_all;
use futures_channel::oneshot;
use idb::builder::DatabaseBuilder;
use idb::{Transaction, TransactionMode};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::IdbDatabase;

use crate::web::net::timeout::timeout;

/// How long a tab with an older schema may keep this one from opening.
const OPEN_TIMEOUT_MILLISECONDS: u32 = 5_000;

/// Why a database cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The browser refuses.
    Refused,
    /// A tab with an older schema does not close its connection.
    Held,
}

/// An open database; closed when dropped, so that it does not block a newer schema.
pub struct Connection(idb::Database);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Connection {
    /// Opens the database with these object stores, or says why it cannot be used.
    pub async fn open(
        name: &str,
        stores: &[&str],
        builder: DatabaseBuilder,
    ) -> Result<Self, OpenError> {
        let opened = match build(builder).await? {
            // Another page of this site has a later version of this program, or of the package.
            Err(error) if is_newer(&error) => build(DatabaseBuilder::new(name)).await?,
            opened => opened,
        };
        let mut database = opened.map_err(|_| OpenError::Refused)?;
        let known = database.store_names();
        if !stores
            .iter()
            .all(|store| known.iter().any(|name| name == store))
        {
            database.close();
            return Err(OpenError::Refused);
        }
        // A tab with a newer schema waits until this connection closes.
        database.on_version_change(|event| {
            let connection = event.target().and_then(|target| target.dyn_into().ok());
            let connection: Option<IdbDatabase> = connection;
            if let Some(connection) = connection {
                connection.close();
            }
        });
        Ok(Self(database))
    }

    /// Starts to read object stores.
    pub fn read(&self, stores: &[&str]) -> Result<Transaction, idb::Error> {
        self.0.transaction(stores, TransactionMode::ReadOnly)
    }

    /// Changes object stores, all or nothing. There must be at least one.
    pub async fn write(
        &self,
        stores: &[&str],
        change: impl AsyncFnOnce(&Transaction) -> Result<(), idb::Error>,
    ) -> Result<(), idb::Error> {
        let transaction = self.0.transaction(stores, TransactionMode::ReadWrite)?;
        let same = transaction.object_store(stores[0])?.transaction();
        change(&transaction).await?;
        // A full disk is reported only when the transaction ends.
        match transaction.await?.is_committed() {
            true => Ok(()),
            false => Err(same.error().map_or(
                idb::Error::UpdateFailed(JsValue::NULL),
                idb::Error::DomException,
            )),
        }
    }
}

/// Builds a database, unless a tab with an older schema holds it.
async fn build(builder: DatabaseBuilder) -> Result<Result<idb::Database, idb::Error>, OpenError> {
    // A task of its own, because an abandoned `idb` request throws when it completes.
    let (sender, opened) = oneshot::channel();
    spawn_local(async move {
        if let Err(Ok(late)) = sender.send(builder.build().await) {
            late.close();
        }
    });
    let opened = timeout(OPEN_TIMEOUT_MILLISECONDS, opened).await;
    opened.and_then(Result::ok).ok_or(OpenError::Held)
}

/// Whether a database has a newer schema than the one asked for.
fn is_newer(error: &idb::Error) -> bool {
    matches!(error, idb::Error::DomException(exception) if exception.name() == "VersionError")
}

/// Awaits every request, even if another was refused: an abandoned `idb` request throws when it
/// completes.
pub async fn all<Request, Output>(
    requests: Vec<Result<Request, idb::Error>>,
) -> Result<(), idb::Error>
where
    Request: IntoFuture<Output = Result<Output, idb::Error>>,
{
    let answers = requests.into_iter().map(async |request| request?.await);
    let answers = join_all(answers).await;
    answers.into_iter().try_for_each(|answer| answer.map(drop))
}

/// Whether a write failed because the quota is used up. [`crate::web::browser::quota::free`] cannot
/// tell: browsers that guard against fingerprinting always report some.
pub fn is_full(error: &idb::Error) -> bool {
    matches!(error, idb::Error::DomException(exception) if exception.name() == "QuotaExceededError")
}
