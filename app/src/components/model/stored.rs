//! The models on this device: their size, and actions on them.

use glance_protocol::{Storage, StoredModel};
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use crate::browser::focus;
use crate::format;
use crate::session::{ModelState, Session, comes_with_page};
use crate::texts;

/// Selects the heading of the list, which is always there.
const HEADING: &str = "#stored-title";
/// Selects the visible one of a model's buttons for deleting it and for keeping it.
const DELETE: &str = ".stored-actions:not(.unseen) :is([data-action=delete], [data-action=keep])";

/// The list of models.
#[component]
pub fn StoredModels(session: Session) -> impl IntoView {
    let storage = session.stored.storage;
    let ids = Memo::new(move |_| {
        let ids = |models: &[StoredModel]| models.iter().map(|model| model.id.clone()).collect();
        storage.with(|storage| stored(storage).map_or_else(Vec::new, ids))
    });
    view! {
        <section id="stored-models" aria-labelledby="stored-title">
            <h3 id="stored-title" tabindex="-1">{texts::models_stored()}</h3>
            <ul class="stored-models" role="list" aria-labelledby="stored-title">
                <For
                    each=move || ids.get()
                    key=|id| id.clone()
                    children=move |id| view! { <StoredModelRow session id /> }
                />
            </ul>
            <p class="hint">{move || storage.with(why_empty)}</p>
            <p id="stored-result" role="status">{move || session.stored.result.get()}</p>
        </section>
    }
}

/// One model. Its buttons keep their place whatever their text, so that the focus is never lost.
#[component]
fn StoredModelRow(session: Session, id: String) -> impl IntoView {
    let model = {
        let id = id.clone();
        Memo::new(move |_| {
            session.stored.storage.with(|storage| {
                let mut models = stored(storage)?.iter();
                models.find(|model| model.id == id).cloned()
            })
        })
    };
    // A model that left the list is empty until its row is removed.
    let of = move |property: fn(&StoredModel) -> String| {
        model.with(|model| model.as_ref().map(property).unwrap_or_default())
    };
    let name = move || of(|model| model.name.clone());
    let whole = Memo::new(move |_| model.with(|model| model.as_ref().is_some_and(is_whole)));
    let only_files = move || model.with(|model| model.as_ref().is_some_and(is_cut_short));
    let in_use = Memo::new(move |_| {
        session
            .model
            .with(|state| matches!(state, ModelState::Ready(info) if info.id == id))
    });
    let use_text = move || match (in_use.get(), whole.get()) {
        (true, _) => texts::models_in_use(),
        (false, true) => texts::models_use(),
        (false, false) => texts::models_resume(),
    };
    let checking = move || session.stored.check.get().is_some();
    let act = move |act: fn(Session, StoredModel)| {
        if let Some(model) = model.get_untracked() {
            act(session, model);
        }
    };
    let asking = RwSignal::new(false);
    let delete = NodeRef::<html::Button>::new();
    let keep = NodeRef::<html::Button>::new();
    let ask = move |ask: bool| {
        asking.set(ask);
        let target = if ask { keep } else { delete };
        // An unseen button takes no focus, and it is shown only after this.
        request_animation_frame(move || {
            if let Some(button) = target.get_untracked() {
                let _ = button.focus();
            }
        });
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && asking.get_untracked() {
            event.prevent_default();
            ask(false);
        }
    };
    view! {
        <li
            class="stored-model"
            class:in-use=move || in_use.get()
            data-testid="stored-model"
            data-name=name
            data-whole=move || whole.get().to_string()
        >
            <div class="stored-facts">
                <h4>{name}</h4>
                <p class="hint">{move || of(facts)}</p>
            </div>
            <div class="alternatives" on:keydown=on_key>
                <div class="stored-actions" class:unseen=move || asking.get()>
                    <button
                        type="button"
                        data-action="use"
                        hidden=only_files
                        aria-disabled=move || in_use.get().to_string()
                        aria-label=move || texts::models_action_of(use_text(), &name())
                        on:click=move |_| {
                            if !in_use.get_untracked() {
                                act(|session, model| session.use_stored(&model));
                            }
                        }
                    >
                        {use_text}
                    </button>
                    <button
                        type="button"
                        data-action="check"
                        hidden=move || !whole.get()
                        aria-disabled=move || checking().to_string()
                        aria-label=move || {
                            texts::models_action_of(texts::models_check(), &name())
                        }
                        on:click=move |_| act(Session::check_stored)
                    >
                        {texts::models_check()}
                    </button>
                    <button
                        type="button"
                        data-action="delete"
                        node_ref=delete
                        aria-label=move || {
                            texts::models_action_of(texts::models_delete(), &name())
                        }
                        on:click=move |_| ask(true)
                    >
                        {texts::models_delete()}
                    </button>
                </div>
                <div class="stored-actions" class:unseen=move || !asking.get()>
                    <button
                        type="button"
                        class="danger"
                        data-action="delete-for-good"
                        aria-label=move || texts::models_delete_for_good_of(&name())
                        on:click=move |event| {
                            focus::move_to_neighbours(&event, DELETE, HEADING);
                            asking.set(false);
                            act(Session::delete_stored);
                        }
                    >
                        {texts::models_delete_for_good()}
                    </button>
                    <button
                        type="button"
                        data-action="keep"
                        node_ref=keep
                        aria-label=move || texts::models_action_of(texts::models_keep(), &name())
                        on:click=move |_| ask(false)
                    >
                        {texts::models_keep()}
                    </button>
                </div>
            </div>
        </li>
    }
}

fn stored(storage: &Option<Storage>) -> Option<&[StoredModel]> {
    storage.as_ref()?.models.as_deref()
}

fn is_whole(model: &StoredModel) -> bool {
    model.stored >= model.bytes
}

/// Whether missing pieces cannot be fetched from anywhere.
fn is_cut_short(model: &StoredModel) -> bool {
    model.from.is_none() && !is_whole(model)
}

fn facts(model: &StoredModel) -> String {
    let size = match is_whole(model) {
        true => format::bytes(model.bytes),
        false => {
            texts::models_stored_part(&format::bytes(model.stored), &format::bytes(model.bytes))
        }
    };
    let license = model.license.as_deref();
    let license = license.unwrap_or(texts::models_license_not_named());
    let from = match &model.from {
        _ if comes_with_page(model) => texts::models_from_page().to_owned(),
        Some(address) if address.contains("://") => texts::models_from_address(address),
        Some(repository) => texts::models_from_hub(repository),
        None => texts::models_from_files().to_owned(),
    };
    let day = format::day(model.added);
    match is_cut_short(model) {
        true => texts::models_stored_facts_cut_short(&size, license, &from, &day),
        false => texts::models_stored_facts(&size, license, &from, &day),
    }
}

/// Why the list is empty, if it is.
fn why_empty(storage: &Option<Storage>) -> Option<&'static str> {
    let Some(storage) = storage else {
        return Some(texts::models_stored_unknown());
    };
    let Some(models) = &storage.models else {
        return Some(texts::models_stored_refused());
    };
    models.is_empty().then_some(texts::models_stored_none())
}
