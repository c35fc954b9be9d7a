//! Packs on a server, described by a manifest there or by their own head.

use glance_protocol::{ModelOrigin, ModelSource, Progress};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal, Url};

use crate::web::model_store::{DownloadError, Model, ModelStore, Record, StoreError};
use crate::web::net::body::read_start;
use crate::web::net::fetch::{FetchError, HttpCache, fetch};
use crate::weights::{Manifest, PackIndex, PackLocation, WeightsError};

/// Most bytes of a manifest or a head. The manifest of a 2 GB model takes a tenth of this.
const MAX_MANIFEST: u64 = 2 << 20;
const HUB: &str = "https://huggingface.co";
const NOT_NEWER: &str =
    "There is a newer version of the model, which cannot be fetched now; the stored one is used.";
const PARTLY_GONE: &str =
    "Part of the model was not stored any more, so that part was fetched again.";

/// Prepares a model. A completely stored one is used at once; a newer version is then looked for in
/// the background, and downloaded on the next visit.
pub async fn load(
    store: &ModelStore,
    url: &str,
    signal: &AbortSignal,
    progress: &dyn Fn(Progress),
) -> Result<Model, StoreError> {
    let origin = ModelOrigin::Manifest(url.to_owned());
    let records = store.of(&origin).await.into_iter();
    let packs = records.filter_map(Record::pack);
    let (complete, partial): (Vec<_>, Vec<_>) = packs.partition(|(_, complete)| *complete);
    let latest = |packs: Vec<(Manifest, bool)>| packs.into_iter().next().map(|(pack, _)| pack);
    let partial = latest(partial);
    let Some(kept) = latest(complete) else {
        let manifest = match fetch_manifest(url, HttpCache::Revalidate, signal).await {
            Ok(manifest) => manifest,
            // Resumes a partial download with its stored manifest.
            Err(error) => match partial {
                Some(partial) if is_transient(&error) => partial,
                _ => return Err(error),
            },
        };
        return obtain(store, url, manifest, signal, progress).await;
    };
    let mut notice = None;
    if let Some(newer) = partial {
        match obtain(store, url, newer, signal, progress).await {
            Err(StoreError::Download(error)) if error != FetchError::Aborted.into() => {
                notice = Some(NOT_NEWER);
            }
            result => return result,
        }
    }
    if !store.is_whole(&kept).await {
        let mut model = obtain(store, url, kept, signal, progress).await?;
        model.notice = model.notice.or(Some(PARTLY_GONE));
        return Ok(model);
    }
    progress(Progress::Preparing);
    let mut model = store.model(kept.clone(), ModelSource::Cache).await?;
    model.notice = notice;
    spawn_local(look_for_newer(kept, url.to_owned()));
    Ok(model)
}

/// Downloads a model's missing pieces. If the server turns out to have another version, fetches the
/// manifest again, once.
async fn obtain(
    store: &ModelStore,
    url: &str,
    manifest: Manifest,
    signal: &AbortSignal,
    progress: &dyn Fn(Progress),
) -> Result<Model, StoreError> {
    let origin = ModelOrigin::Manifest(url.to_owned());
    let mut manifest = manifest;
    let mut asked_again = false;
    let lock = loop {
        store.announce(&manifest, origin.clone()).await;
        let file = location(&manifest, url)?;
        match store.download(&manifest, &file, signal, progress).await {
            Ok(lock) => break lock,
            Err(error) if error.is_about_content() && !asked_again => {
                asked_again = true;
                let current = fetch_manifest(url, HttpCache::Bypass, signal).await?;
                if current == manifest {
                    return Err(error.into());
                }
                // The partial download of the old version is useless now.
                let _ = store.delete(manifest.version()).await;
                manifest = current;
            }
            Err(error) => return Err(error.into()),
        }
    };
    progress(Progress::Preparing);
    let storing = store.storing(manifest.clone(), origin, lock);
    let mut model = store.model(manifest, ModelSource::Network).await?;
    model.storing = Some(storing);
    Ok(model)
}

/// Records a newer version of a model, to be downloaded when the model is next loaded.
async fn look_for_newer(kept: Manifest, url: String) {
    let Ok(abort) = AbortController::new() else {
        return;
    };
    if let Ok(current) = fetch_manifest(&url, HttpCache::Revalidate, &abort.signal()).await
        && current != kept
    {
        let store = ModelStore::open().await;
        store.announce(&current, ModelOrigin::Manifest(url)).await;
    }
}

async fn fetch_manifest(
    url: &str,
    cache: HttpCache,
    signal: &AbortSignal,
) -> Result<Manifest, StoreError> {
    let response = fetch(url, None, cache, signal).await?;
    let enough = |start: &[u8]| head_length(start).is_some_and(|length| start.len() >= length);
    let bytes = read_start(&response, MAX_MANIFEST, signal, enough).await?;
    Ok(match head_length(&bytes) {
        Some(length) => {
            let head = &bytes[..length.min(bytes.len())];
            Manifest::of_head(head, Some(PackLocation::Url(url.to_owned())))?
        }
        None => Manifest::parse(&bytes)?,
    })
}

/// Length of the head, if this is the start of a pack. The start of a JSON text would be far too large a
/// length.
fn head_length(start: &[u8]) -> Option<usize> {
    let length = PackIndex::head_length(start).ok()?;
    (length as u64 <= MAX_MANIFEST).then_some(length)
}

fn is_transient(error: &StoreError) -> bool {
    match error {
        StoreError::Download(DownloadError::Fetch(error)) => error.is_transient(),
        _ => false,
    }
}

/// The URL of a manifest's file.
fn location(manifest: &Manifest, manifest_url: &str) -> Result<String, WeightsError> {
    let nowhere = || WeightsError::Manifest("its file has no address".to_owned());
    match &manifest.source {
        Some(PackLocation::Url(file)) => Url::new_with_base(file, manifest_url)
            .map(|url| url.href())
            .map_err(|_| nowhere()),
        Some(PackLocation::Hub {
            repository,
            revision,
            file,
        }) => {
            let path = format!("/{repository}/resolve/{revision}/{file}");
            Url::new_with_base(&path, HUB)
                .map(|url| url.href())
                .map_err(|_| nowhere())
        }
        None => Err(nowhere()),
    }
}
