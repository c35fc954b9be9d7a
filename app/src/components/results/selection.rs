//! What can be done with selected pictures: the bar at the lower edge, while some are selected.

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;

use crate::components::deferred::{Part, deferred};
use crate::session::Session;
use crate::texts;

/// Labels that are suggested while a person types one.
const SUGGESTED: usize = 200;

/// The bar for selected pictures.
#[component]
pub fn Selection(session: Session) -> impl IntoView {
    let selected = session.library.selected;
    let some = Memo::new(move |_| selected.with(|selected| !selected.is_empty()));
    view! { <Show when=move || some.get()>{deferred(move || bar(session))}</Show> }
}

#[cfg_attr(not(test), wasm_split(pictures, wasm_split_path = leptos::wasm_split, fallible))]
fn bar(session: Session) -> Part {
    let selected = session.library.selected;
    let count = Memo::new(move |_| selected.with(|selected| selected.len()));
    let bar = view! {
        <div class="selection" role="group" aria-label=texts::select_title()>
            <p role="status">{move || texts::select_count(count.get())}</p>
            <MoveTo session on_move=move |label: &str| {
                session.move_to(&selected.get_untracked(), label);
                selected.update(|selected| selected.clear());
            } />
            <button
                type="button"
                on:click=move |_| session.remove(&selected.get_untracked())
            >
                {texts::select_remove()}
            </button>
            <button
                type="button"
                class="quiet"
                on:click=move |_| selected.update(|selected| selected.clear())
            >
                {texts::select_clear()}
            </button>
        </div>
    };
    Ok(bar.into_any())
}

/// A field for the label that pictures are moved to: one of the labels, or another.
#[component]
pub fn MoveTo(session: Session, on_move: impl Fn(&str) + 'static) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let suggestions = move || {
        let labels = session.settings.with(|settings| settings.labels.clone());
        labels
            .into_iter()
            .take(SUGGESTED)
            .map(|label| view! { <option value=label></option> })
            .collect_view()
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else {
            return;
        };
        let label = field.value();
        let label = label.trim();
        if !label.is_empty() {
            on_move(label);
            field.set_value("");
        }
    };
    view! {
        <form class="move-to" on:submit=submit>
            <input
                type="text"
                list="move-to-labels"
                placeholder=texts::select_move_to()
                aria-label=texts::select_move_to()
                autocomplete="off"
                maxlength="200"
                dir="auto"
                node_ref=field
            />
            <datalist id="move-to-labels">{suggestions}</datalist>
            <button type="submit">{texts::select_move()}</button>
        </form>
    }
}
