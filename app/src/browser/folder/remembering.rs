//! Folders for later visits, in a database of their own: only IndexedDB can store them.
//!
//! They are one record. A browser that stores none remembers none.

use js_sys::{Array, Promise};
use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemDirectoryHandle, IdbDatabase, IdbFactory, IdbRequest, IdbTransactionMode};

use crate::browser::feature::property;

/// Most folders; the oldest give way.
const MAX_FOLDERS: usize = 10;
const DATABASE: &str = "glance folders";
const STORE: &str = "folders";
const KEY: &str = "newest first";

/// The remembered folders, newest first.
pub async fn load() -> Vec<FileSystemDirectoryHandle> {
    read().await.unwrap_or_default()
}

/// Puts a folder first. Returns all.
pub async fn add(folder: &FileSystemDirectoryHandle) -> Vec<FileSystemDirectoryHandle> {
    let mut folders = without(folder).await;
    folders.insert(0, folder.clone());
    folders.truncate(MAX_FOLDERS);
    write(&folders).await;
    folders
}

/// Forgets a folder.
pub async fn remove(folder: &FileSystemDirectoryHandle) {
    write(&without(folder).await).await;
}

/// The remembered folders but this.
async fn without(folder: &FileSystemDirectoryHandle) -> Vec<FileSystemDirectoryHandle> {
    let mut others = Vec::new();
    for other in load().await {
        let same = JsFuture::from(folder.is_same_entry(&other)).await;
        if !same.is_ok_and(|same| same.is_truthy()) {
            others.push(other);
        }
    }
    others
}

async fn read() -> Option<Vec<FileSystemDirectoryHandle>> {
    let database = open().await?;
    let store = database.transaction_with_str(STORE).ok()?;
    let record = store.object_store(STORE).ok()?.get(&KEY.into()).ok()?;
    let record = done(&record).await;
    database.close();
    let record: Array = record?.dyn_into().ok()?;
    let folders = record.iter().filter_map(|folder| folder.dyn_into().ok());
    Some(folders.collect())
}

async fn write(folders: &[FileSystemDirectoryHandle]) -> Option<()> {
    let database = open().await?;
    let record: Array = folders.iter().collect();
    let write = || {
        let mode = IdbTransactionMode::Readwrite;
        let transaction = database.transaction_with_str_and_mode(STORE, mode)?;
        let store = transaction.object_store(STORE)?;
        match folders {
            [] => store.clear(),
            _ => store.put_with_key(&record, &KEY.into()),
        }
    };
    let written = write().ok();
    if let Some(request) = &written {
        done(request).await;
    }
    // It closes when the transaction is over.
    database.close();
    written.map(drop)
}

async fn open() -> Option<IdbDatabase> {
    let factory: IdbFactory = property(window(), "indexedDB")?;
    let request = factory.open(DATABASE).ok()?;
    let upgraded = request.clone();
    let upgrade = Closure::once(move || {
        let database = upgraded.result().and_then(JsCast::dyn_into);
        if let Ok(database) = database {
            let database: IdbDatabase = database;
            // If this fails, so does each transaction.
            let _ = database.create_object_store(STORE);
        }
    });
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    done(&request).await?.dyn_into().ok()
}

/// The result of a request; `None` if it fails.
async fn done(request: &IdbRequest) -> Option<JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(promise).await.ok()?;
    request.result().ok()
}
