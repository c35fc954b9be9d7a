//! Pictures from the system's share menu. The menu posts them to a URL that only the service worker
//! answers: it puts them into a cache and opens the page.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, Cache, CacheStorage, File, FilePropertyBag, Response};

use crate::browser::address;
use crate::browser::feature::property;
use crate::session::Session;
use crate::texts;

/// The query parameter of a page that is opened with shared pictures.
const QUERY: &str = "shared";
/// The header in which the service worker stores a file's name, URL-encoded.
const FILE_NAME: &str = "file-name";

/// Adds shared pictures, once.
pub fn take(session: Session) {
    let Some(result) = address::query(QUERY) else {
        return;
    };
    address::drop_query(QUERY);
    spawn_local(async move {
        let files = take_out().await.unwrap_or_default();
        let message = match result.as_str() {
            _ if files.is_empty() => texts::add_share_empty(),
            "some" => texts::add_share_incomplete(),
            _ => "",
        };
        if !message.is_empty() {
            session.say(message.to_owned());
        }
        session.add_files(files);
    });
}

async fn take_out() -> Option<Vec<File>> {
    let caches: CacheStorage = property(web_sys::window()?, "caches")?;
    let name = format!("glance {} shared", address::beside_page("")?);
    let cache: Cache = JsFuture::from(caches.open(&name))
        .await
        .ok()?
        .dyn_into()
        .ok()?;
    let mut files = Vec::new();
    while let Some(file) = file(&cache, files.len()).await {
        files.push(file);
    }
    // If this fails, the next share clears the cache.
    let _ = JsFuture::from(caches.delete(&name)).await;
    Some(files)
}

async fn file(cache: &Cache, index: usize) -> Option<File> {
    let kept = JsFuture::from(cache.match_with_str(&format!("shared/{index}")));
    let response: Response = kept.await.ok()?.dyn_into().ok()?;
    let name = response.headers().get(FILE_NAME).ok()??;
    let name = String::from(js_sys::decode_uri_component(&name).ok()?);
    let blob: Blob = JsFuture::from(response.blob().ok()?)
        .await
        .ok()?
        .dyn_into()
        .ok()?;
    let options = FilePropertyBag::new();
    options.set_type(&blob.type_());
    File::new_with_blob_sequence_and_options(&Array::of1(&blob), &name, &options).ok()
}
