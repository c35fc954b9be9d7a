//! What the browser lets the page store.

use glance_protocol::Storage;
use leptos::prelude::*;

use crate::browser::focus;
use crate::components::landmarks::MODELS;
use crate::format;
use crate::session::Session;
use crate::texts;

/// The browser's storage quota, and a request to keep what is stored.
pub fn storage(session: Session) -> AnyView {
    let storage = session.stored.storage;
    let has_models = |storage: &Storage| {
        let models = storage.models.as_deref();
        models.is_some_and(|models| !models.is_empty())
    };
    let unkept = move || {
        storage.with(|storage| {
            let mut storage = storage.iter();
            storage.any(|storage| !storage.persisted && has_models(storage))
        })
    };
    view! {
        <p id="storage" class="hint">
            {move || storage.with(|storage| storage.as_ref().map(summed_up))}
        </p>
        <button
            type="button"
            id="ask-to-keep"
            hidden=move || !unkept()
            // The button goes away if the browser agrees.
            on:click=move |_| session.ask_to_keep(|| focus::first(MODELS))
        >
            {texts::models_ask_to_keep()}
        </button>
    }
    .into_any()
}

/// How much the page stores, how much more it may, and for how long.
fn summed_up(storage: &Storage) -> String {
    if storage.models.is_none() {
        return String::new();
    }
    let room = match (storage.usage, storage.quota) {
        (Some(usage), Some(quota)) => texts::models_room(
            &format::bytes(usage),
            &format::bytes((quota - usage).max(0.0)),
        ),
        _ => texts::models_room_unknown().to_owned(),
    };
    let kept = match storage.persisted {
        true => texts::models_kept(),
        false => texts::models_not_kept(),
    };
    format!("{room} {kept}")
}
