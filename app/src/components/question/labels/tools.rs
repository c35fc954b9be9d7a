//! The line of buttons below the chips, and the options that one of them opens.

use leptos::prelude::*;

use super::chip_keys::INPUT;
use super::more::More;
use super::replace::remove_all;
use super::sets::Sets;
use crate::browser::focus;
use crate::session::Session;
use crate::texts;

/// Screens this wide show the options from the start.
const WIDE: &str = "(min-width: 761px)";

/// Sets, Clear and More.
#[component]
pub fn Tools(session: Session) -> impl IntoView {
    let is_wide = window().match_media(WIDE).ok().flatten();
    let is_wide = is_wide.is_some_and(|query| query.matches());
    let open = Memo::new(move |_| {
        let chosen = session.settings.with(|settings| settings.more_open);
        chosen.unwrap_or(is_wide)
    });
    let count = Memo::new(move |_| session.settings.with(|settings| settings.labels.len()));
    let clear = move |_| {
        if count.get_untracked() > 0 {
            remove_all(session);
            focus::first(INPUT);
        }
    };
    view! {
        <div class="label-tools">
            <Sets session />
            <button
                type="button"
                id="clear-labels"
                class="tool"
                aria-disabled=move || (count.get() == 0).to_string()
                on:click=clear
            >
                {texts::labels_clear()}
            </button>
            <button
                type="button"
                id="more-labels"
                class="tool opens"
                aria-expanded=move || open.get().to_string()
                aria-controls="labels-more"
                on:click=move |_| {
                    let chosen = Some(!open.get_untracked());
                    session.remember(|settings| settings.more_open = chosen);
                }
            >
                {texts::labels_more()}
            </button>
            <p class="hint">
                <span class="label-count">{move || texts::labels_count(count.get())}</span>
                <span id="labels-hint">{texts::labels_hint()}</span>
            </p>
        </div>
        <div id="labels-more" hidden=move || !open.get()>
            <More session />
        </div>
    }
}
