//! Step 5: labels become a classifier.

use leptos::prelude::*;

use super::subject::Subject;
use crate::browser::focus;
use crate::settings::Mode;
use crate::texts;

/// The step.
#[component]
pub fn ZeroShot(subject: Subject) -> impl IntoView {
    let session = subject.session;
    let count = subject.while_open(move || session.settings.with(|settings| settings.labels.len()));
    let now = move || match count.get() {
        0 => texts::lesson_zero_shot_none().to_owned(),
        count => texts::lesson_zero_shot_now(count),
    };
    view! {
        <p>
            {texts::lesson_zero_shot_names()}
            " "
            {now}
        </p>
        <button
            type="button"
            on:click=move |_| {
                if session.settings.with_untracked(|settings| settings.mode) != Mode::Sort {
                    session.edit(|settings| settings.mode = Mode::Sort);
                }
                // The browser scrolls to what gets the focus.
                focus::first("#mode-sort");
            }
        >
            {texts::lesson_zero_shot_go()}
        </button>
        <p class="hint">{texts::lesson_zero_shot_imagenet()}</p>
    }
}
