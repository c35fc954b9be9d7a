//! Whether labels are learnt from the pictures that were moved to them.

use leptos::prelude::*;

use crate::session::Session;
use crate::texts;

/// The choice, while there are such pictures.
#[component]
pub fn Learning(session: Session) -> impl IntoView {
    let moved = Memo::new(move |_| session.count_moved());
    let learns = Memo::new(move |_| session.settings.with(|settings| settings.learn));
    view! {
        <label class="check learning" hidden=move || moved.get() == 0>
            <input
                id="learn"
                type="checkbox"
                prop:checked=move || learns.get()
                on:change:target=move |event| {
                    let learn = event.target().checked();
                    session.edit(|settings| settings.learn = learn);
                }
            />
            <span>
                {move || texts::labels_learn(moved.get())}
                <small>{texts::labels_learn_hint()}</small>
            </span>
        </label>
    }
}
