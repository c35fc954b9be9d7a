//! Searches the pictures by a text, or by another picture.

use glance_protocol::TextNote;
use leptos::prelude::*;

use crate::browser::focus;
use crate::session::Session;
use crate::texts;

/// The field, and what is searched for if it is a picture.
#[component]
pub fn Search(session: Session) -> impl IntoView {
    let query = Memo::new(move |_| session.settings.with(|settings| settings.query.clone()));
    let like = Memo::new(move |_| session.like.get().and_then(|id| session.library.get(id)));
    let note = move || {
        session.found.with(|found| match &found.note {
            Some(TextNote::Refused(reason)) => reason.clone(),
            Some(TextNote::Truncated) => texts::search_too_long().to_owned(),
            Some(TextNote::Whole) | None => String::new(),
        })
    };
    view! {
        <label class="field-name" for="search-input">{texts::search_title()}</label>
        <input
            id="search-input"
            type="search"
            autocomplete="off"
            maxlength="10000"
            // An example that the model can read, in every language.
            placeholder="A dog on the beach"
            dir="auto"
            aria-describedby="search-hint"
            prop:value=move || if like.with(Option::is_some) { String::new() } else { query.get() }
            on:input:target=move |event| session.search(event.target().value())
        />
        <p id="search-hint" class="hint">
            {move || match like.get() {
                Some(picture) => view! {
                    {texts::search_like()}
                    " "
                    <span class="chip">
                        <span class="chip-label" dir="auto">{picture.name.clone()}</span>
                        <button
                            type="button"
                            class="chip-remove"
                            aria-label=texts::search_by_text()
                            on:click=move |_| {
                                focus::first("#search-input");
                                session.search(query.get_untracked());
                            }
                        ></button>
                    </span>
                }
                .into_any(),
                None => texts::search_hint().into_any(),
            }}
            " "
            <span class="warning" role="status">{note}</span>
        </p>
    }
}
