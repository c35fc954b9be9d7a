//! Options below the labels: the sentences around them, “none of these”, and a link to it all.

use leptos::prelude::*;

use super::copy_link::CopyLink;
use super::prompt::PromptInput;
use crate::session::Session;
use crate::texts;

/// The options.
#[component]
pub fn More(session: Session) -> impl IntoView {
    view! {
        <PromptInput session />
        <NoneOfThese session />
        <CopyLink session />
    }
}

/// Whether “none of these” competes with the labels.
#[component]
fn NoneOfThese(session: Session) -> impl IntoView {
    let competes = Memo::new(move |_| session.settings.with(|settings| settings.none_of_these));
    view! {
        <label class="check">
            <input
                id="none-of-these"
                type="checkbox"
                prop:checked=move || competes.get()
                on:change:target=move |event| {
                    let checked = event.target().checked();
                    session.edit(|settings| settings.none_of_these = checked);
                }
            />
            <span>
                {texts::labels_offer_none()}
                <small>{texts::labels_offer_none_hint()}</small>
            </span>
        </label>
    }
}
