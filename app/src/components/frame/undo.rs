//! Offers to take back what was done last.

use leptos::prelude::*;

use crate::session::Session;
use crate::texts;

/// The offer, at the lower edge.
#[component]
pub fn Undo(session: Session) -> impl IntoView {
    let sentence = move || session.undoable.get().map(|undoable| undoable.sentence);
    view! {
        <div class="undo" class:shown=move || session.undoable.with(Option::is_some)>
            <p role="status">{sentence}</p>
            <Show when=move || session.undoable.with(Option::is_some)>
                <button type="button" on:click=move |_| session.undo()>{texts::undo()}</button>
            </Show>
        </div>
    }
}
