//! Data that a browser stores for an origin, read and changed from outside the page.

use std::time::Instant;

use serde_json::{Value, json};

use super::session::{Browser, PATIENCE};

/// Opens an existing database. Defines `database`, `rest` (further arguments), `finished` and
/// `ended`.
const OPEN: &str = r#"
    const [name, ...rest] = arguments;
    const finished = request => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const known = await indexedDB.databases();
    if (!known.some(database => database.name === name)) return null;
    const database = await finished(indexedDB.open(name));
    const ended = transaction => new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve(null);
        transaction.onabort = () => reject(transaction.error);
    });
"#;

/// Storage that Chromium evicts when space is low; `localStorage` stays.
const EVICTED: &str = "cache_storage,file_systems,indexeddb,service_workers,shared_storage";

/// A record of a database: its object store, and its key as JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The object store.
    pub store: String,
    /// The key.
    pub key: Value,
    /// Size of the largest array or blob in the record; 0 if there is none.
    pub bytes: u64,
}

impl Browser {
    /// Sets an origin's quota in bytes; `None` restores the usual one.
    pub fn set_quota(&self, origin: &str, bytes: Option<u64>) {
        let mut parameters = json!({"origin": origin});
        if let Some(bytes) = bytes {
            parameters["quotaSize"] = bytes.into();
        }
        self.devtools("Storage.overrideQuotaForOrigin", parameters);
    }

    /// Evicts an origin's data, as a browser does when space is low.
    pub fn evict(&self, origin: &str) {
        let parameters = json!({"origin": origin, "storageTypes": EVICTED});
        self.devtools("Storage.clearDataForOrigin", parameters);
    }

    /// Clears the HTTP cache of all origins, but no data that pages store themselves.
    pub fn clear_http_cache(&self) {
        self.devtools("Network.clearBrowserCache", json!({}));
    }

    /// Changes some properties of every record in an object store; returns the number of records.
    pub fn change_records(&self, database: &str, store: &str, properties: Value) -> u64 {
        let body = format!(
            r#"{OPEN}
            const [store, properties] = rest;
            const transaction = database.transaction(store, "readwrite");
            const objects = transaction.objectStore(store);
            const keys = await finished(objects.getAllKeys());
            for (const key of keys) {{
                const value = await finished(objects.get(key));
                objects.put(Object.assign(value, properties), key);
            }}
            await ended(transaction);
            database.close();
            return keys.length;"#
        );
        let arguments = vec![database.into(), store.into(), properties];
        let changed = self.execute_async(&body, arguments);
        changed.as_u64().unwrap_or_default()
    }

    /// Every record of a database; none if there is no such database.
    pub fn records(&self, database: &str) -> Vec<Record> {
        let body = format!(
            r#"{OPEN}
            const length = value => {{
                if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
                    return value.byteLength;
                if (value instanceof Blob) return value.size;
                if (value === null || typeof value !== "object") return 0;
                return Math.max(0, ...Object.values(value).map(length));
            }};
            const records = [];
            for (const store of database.objectStoreNames) {{
                const objects = database.transaction(store).objectStore(store);
                const keys = await finished(objects.getAllKeys());
                const values = await finished(objects.getAll());
                keys.forEach((key, index) => records.push([store, key, length(values[index])]));
            }}
            database.close();
            return records;"#
        );
        let records = self.execute_async(&body, vec![database.into()]);
        let records = records.as_array().map(Vec::as_slice).unwrap_or_default();
        records
            .iter()
            .map(|record| Record {
                store: record[0].as_str().unwrap_or_default().to_owned(),
                key: record[1].clone(),
                bytes: record[2].as_u64().unwrap_or_default(),
            })
            .collect()
    }

    /// Waits until the records of a database fulfil `condition`, and returns them.
    ///
    /// # Panics
    /// After three minutes, with the records.
    pub fn wait_for_records(
        &self,
        database: &str,
        what: &str,
        condition: impl Fn(&[Record]) -> bool,
    ) -> Vec<Record> {
        let start = Instant::now();
        loop {
            let records = self.records(database);
            if condition(&records) {
                return records;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "waited in vain for {what}; these are kept: {records:#?}"
            );
            self.pause();
        }
    }

    /// Removes a record.
    pub fn remove_record(&self, database: &str, record: &Record) {
        let body = format!(
            r#"{OPEN}
            const [store, key] = rest;
            const transaction = database.transaction(store, "readwrite");
            transaction.objectStore(store).delete(key);
            await ended(transaction);
            database.close();"#
        );
        self.on_record(&body, database, record);
    }

    /// Changes a bit in the middle of a record's bytes.
    pub fn damage_record(&self, database: &str, record: &Record) {
        let body = format!(
            r#"{OPEN}
            const [store, key] = rest;
            const bytes = value => {{
                if (value instanceof ArrayBuffer) return new Uint8Array(value);
                if (ArrayBuffer.isView(value)) return value;
                if (value === null || typeof value !== "object") return undefined;
                return Object.values(value).map(bytes).find(found => found !== undefined);
            }};
            let value = await finished(database.transaction(store).objectStore(store).get(key));
            const isBlob = value instanceof Blob;
            if (isBlob) value = new Uint8Array(await value.arrayBuffer());
            const found = bytes(value);
            found[found.length >> 1] ^= 1;
            if (isBlob) value = new Blob([value]);
            const transaction = database.transaction(store, "readwrite");
            const objects = transaction.objectStore(store);
            objects.put(value, objects.keyPath === null ? key : undefined);
            await ended(transaction);
            database.close();"#
        );
        self.on_record(&body, database, record);
    }

    /// Replaces a `Blob` record by an array of its bytes.
    pub fn store_as_array(&self, database: &str, record: &Record) {
        let body = format!(
            r#"{OPEN}
            const [store, key] = rest;
            const value = await finished(database.transaction(store).objectStore(store).get(key));
            if (!(value instanceof Blob)) throw new Error("it is none");
            const bytes = new Uint8Array(await value.arrayBuffer());
            const transaction = database.transaction(store, "readwrite");
            transaction.objectStore(store).put(bytes, key);
            await ended(transaction);
            database.close();"#
        );
        self.on_record(&body, database, record);
    }

    /// Runs a script that gets a record's store and key.
    fn on_record(&self, body: &str, database: &str, record: &Record) {
        let arguments = vec![
            database.into(),
            record.store.as_str().into(),
            record.key.clone(),
        ];
        self.execute_async(body, arguments);
    }
}
