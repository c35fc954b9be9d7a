//! Asks the browser to keep stored data until the person deletes it. Otherwise it may delete
//! everything when the device runs short of space.

use js_sys::Promise;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::StorageManager;

use crate::browser::feature::property;

/// Asks, and calls `then` with the answer. Some browsers ask the person.
pub fn ask(then: impl FnOnce(bool) + 'static) {
    spawn_local(async move {
        let asked = manager().and_then(|manager| manager.persist().ok());
        then(agreed(asked).await);
    });
}

/// Asks if the page runs as an installed app: what a person installs is meant to stay.
pub fn ask_if_installed() {
    let installed = web_sys::window()
        .and_then(|window| window.match_media("(display-mode: standalone)").ok()?)
        .is_some_and(|query| query.matches());
    if installed {
        ask(|_| {});
    }
}

/// Whether the browser has agreed.
pub async fn granted() -> bool {
    agreed(manager().and_then(|manager| manager.persisted().ok())).await
}

/// Pages from plain http have none.
fn manager() -> Option<StorageManager> {
    property(web_sys::window()?.navigator(), "storage")
}

async fn agreed(answer: Option<Promise>) -> bool {
    let Some(answer) = answer else { return false };
    JsFuture::from(answer)
        .await
        .is_ok_and(|answer| answer.is_truthy())
}
