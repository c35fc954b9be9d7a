//! The models, on a sheet over the page.

use leptos::ev::{self, MouseEvent};
use leptos::html;
use leptos::prelude::*;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use crate::browser::{focus, fragment};
use crate::components::deferred::{Part, deferred};
use crate::components::landmarks::MODELS;
use crate::components::model::in_use::ModelInUse;
use crate::components::model::listed::ListedModels;
use crate::components::model::other::OtherModels;
use crate::components::model::stored::StoredModels;
use crate::session::Session;
use crate::texts;

/// Selects links to the sheet, which open it.
const LINKS: &str = "a[href='#models']";
/// What opens the sheet in the page's address.
const FRAGMENT: &str = "models";

/// The sheet: Escape, its button and a click beside it close it, and the browser returns the focus.
#[component]
pub fn ModelSheet(session: Session) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let open = session.stored.watched;
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                // Fails only if it is open already.
                let _ = dialog.show_modal();
                focus::first(MODELS);
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let clicked = window_event_listener(ev::click, move |event| {
        // With these keys, links open a tab.
        let new_tab = event.ctrl_key() || event.meta_key() || event.shift_key();
        if !new_tab && leads_here(event.target()) {
            event.prevent_default();
            session.watch_stored(true);
        }
    });
    on_cleanup(move || clicked.remove());
    if fragment::read() == FRAGMENT {
        session.watch_stored(true);
    }
    let closed = move |_| {
        session.watch_stored(false);
        if fragment::read() == FRAGMENT {
            fragment::replace("");
        }
    };
    // The end of a selection of text beside the sheet does not close it.
    let pressed_beside = StoredValue::new(false);
    let is_beside = move |event: &MouseEvent| {
        let sheet = dialog.get_untracked();
        let target = event.target();
        sheet.is_some_and(|sheet| target.as_ref() == Some(sheet.as_ref()))
    };
    let opened_once = Memo::new(move |before| before == Some(&true) || open.get());
    view! {
        <dialog
            id="models"
            class="models"
            aria-labelledby="models-title"
            node_ref=dialog
            on:close=closed
            on:mousedown=move |event| pressed_beside.set_value(is_beside(&event))
            on:click=move |event| {
                if pressed_beside.get_value() && is_beside(&event) {
                    session.watch_stored(false);
                }
            }
        >
            <div class="models-head">
                <h2 id="models-title" tabindex="-1">{texts::models_title()}</h2>
                <button type="button" on:click=move |_| session.watch_stored(false)>
                    {texts::models_close()}
                </button>
            </div>
            <div class="models-body">
                <Show when=move || opened_once.get()>{deferred(move || contents(session))}</Show>
            </div>
        </dialog>
    }
}

#[cfg_attr(not(test), wasm_split(models, wasm_split_path = leptos::wasm_split, fallible))]
fn contents(session: Session) -> Part {
    let contents = view! {
        <ModelInUse session />
        <StoredModels session />
        <ListedModels session />
        <OtherModels session />
    };
    Ok(contents.into_any())
}

/// Whether a click was on a link to the sheet.
fn leads_here(target: Option<EventTarget>) -> bool {
    let element: Option<Element> = target.and_then(|target| target.dyn_into().ok());
    element.is_some_and(|element| element.closest(LINKS).is_ok_and(|link| link.is_some()))
}
