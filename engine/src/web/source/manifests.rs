//! Models that a manifest on a server describes.

use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, AbortSignal, Url};

use crate::web::model_store::{DownloadError, Model, ModelStore, Record, StoreError};
use crate::web::net::body::read_body;
use crate::web::net::fetch::{Copies, FetchError, fetch};
use crate::web::protocol::{ModelOrigin, ModelSource, Progress};
use crate::weights::{Manifest, PackLocation, WeightsError};

/// Bytes of a manifest: those of a model of 2 GB have a tenth of this.
const MAX_MANIFEST: u64 = 2 << 20;
const HUB: &str = "https://huggingface.co";
const NOT_NEWER: &str =
    "There is a newer version of the model, which cannot be fetched now; the stored one is used.";
const PARTLY_GONE: &str =
    "Part of the model was not stored any more, so that part was fetched again.";

/// Makes a model ready: from what is stored where it is whole, and then a later version is looked
/// for behind the person's back and fetched at the next visit.
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
        let manifest = match fetch_manifest(url, Copies::RequestContext, signal).await {
            Ok(manifest) => manifest,
            // What was begun can be gone on with by what is known of it.
            Err(error) => match partial {
                Some(partial) if is_passing(&error) => partial,
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

/// Fetches what is missing of a model, and asks for its description again where the server turns
/// out to have another one by now.
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
                let current = fetch_manifest(url, Copies::None, signal).await?;
                if current == manifest {
                    return Err(error.into());
                }
                // What was begun of a version that is gone is of no use any more.
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

/// Notes a later version of a model, to be fetched when the model is next loaded.
async fn look_for_newer(kept: Manifest, url: String) {
    let Ok(abort) = AbortController::new() else {
        return;
    };
    if let Ok(current) = fetch_manifest(&url, Copies::RequestContext, &abort.signal()).await
        && current != kept
    {
        let store = ModelStore::open().await;
        store.announce(&current, ModelOrigin::Manifest(url)).await;
    }
}

async fn fetch_manifest(
    url: &str,
    copies: Copies,
    signal: &AbortSignal,
) -> Result<Manifest, StoreError> {
    let response = fetch(url, None, copies, signal).await?;
    let bytes = read_body(&response, MAX_MANIFEST, signal).await?;
    Ok(Manifest::parse(&bytes)?)
}

fn is_passing(error: &StoreError) -> bool {
    match error {
        StoreError::Download(DownloadError::Fetch(error)) => error.is_passing(),
        _ => false,
    }
}

/// Where a manifest's file is.
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
