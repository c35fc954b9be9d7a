//! Takes over what schema 1 of the database kept: whole files under the place that they came from.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::ModelStore;
use crate::web::protocol::ModelOrigin;
use crate::weights::Pack;

/// What a person's files were kept under.
const FILES: &str = "files";

impl ModelStore {
    /// Cuts whole files into pieces. Each is removed once it is taken over, so this may be stopped
    /// at any point; one that is damaged is removed and fetched again.
    pub(super) async fn migrate(&self) {
        let Some(database) = &self.pieces.database else {
            return;
        };
        for (key, value) in database.whole_files().await.unwrap_or_default() {
            if let Some(pack) = whole_file(&value).and_then(|bytes| Pack::parse(bytes).ok()) {
                self.put(&pack, origin(&key)).await;
                if self.pieces.refusal().is_some() {
                    return;
                }
            }
            // One that stays is taken over again.
            let _ = database.delete_whole_file(&key).await;
        }
    }
}

fn whole_file(value: &JsValue) -> Option<Vec<u8>> {
    let bytes = Reflect::get(value, &"bytes".into()).ok()?;
    Some(bytes.dyn_into::<Uint8Array>().ok()?.to_vec())
}

/// Schema 1 named a hub's models by its address and theirs, with a space between.
fn origin(key: &str) -> ModelOrigin {
    match key.split_once(' ') {
        _ if key == FILES => ModelOrigin::Files,
        Some((base, repository)) => ModelOrigin::Hub {
            base: base.to_owned(),
            repository: repository.to_owned(),
        },
        None => ModelOrigin::Manifest(key.to_owned()),
    }
}
