//! Step 5: labels become a classifier.

use leptos::prelude::*;

use super::subject::Subject;
use crate::browser::focus;
use crate::settings::Mode;

/// The step.
#[component]
pub fn ZeroShot(subject: Subject) -> impl IntoView {
    let session = subject.session;
    let count = subject.while_open(move || session.settings.with(|settings| settings.labels.len()));
    let now = move || match count.get() {
        0 => "You have no labels yet: write some, and they are your classifier.".to_owned(),
        1 => "You have one label: a second one makes a classifier of two classes.".to_owned(),
        count => format!(
            "Your {count} labels are such a classifier right now: {count} arrows, and a picture \
             belongs to the nearest."
        ),
    };
    view! {
        <p>
            "An ordinary classifier is trained on many examples of each class, and knows those \
             classes only. CLIP needs the names: their arrows take the place of the trained last \
             layer. No example of the task is shown to it, therefore “zero-shot” (section 3.1). "
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
            "Go to Sort and change the labels"
        </button>
        <p class="hint">
            "In the paper, the best model named 76.2 % of ImageNet’s photographs correctly among \
             1000 classes: as many as the original ResNet-50, which had been trained on 1.28 \
             million of them."
        </p>
    }
}
