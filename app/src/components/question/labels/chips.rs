//! The labels, wrapped into lines, and the field that adds one.

use leptos::html;
use leptos::prelude::*;

use super::chip::Chip;
use super::input::LabelInput;
use crate::format;
use crate::session::Session;
use crate::texts;

/// Most chips on the page; thousands would make it slow.
const MAX_CHIPS: usize = 200;

/// The labels that have a chip, and the number of those that have none.
#[derive(Clone, PartialEq)]
struct Shown {
    labels: Vec<String>,
    hidden: usize,
}

/// Chips and the field for another label.
#[component]
pub fn Chips(session: Session) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let shown = Memo::new(move |_| {
        session.settings.with(|settings| {
            let labels = &settings.labels;
            Shown {
                labels: labels.iter().take(MAX_CHIPS).cloned().collect(),
                hidden: labels.len().saturating_sub(MAX_CHIPS),
            }
        })
    });
    let hidden = Memo::new(move |_| shown.with(|shown| shown.hidden));
    // The chips are one tab stop: the one that had the focus last, or the first.
    let last = RwSignal::new(None::<String>);
    let tab_stop = Memo::new(move |_| {
        shown.with(|shown| {
            let last = last.get().filter(|last| shown.labels.contains(last));
            last.or_else(|| shown.labels.first().cloned())
        })
    });
    view! {
        <div class="chips" node_ref=frame>
            <ul role="list" aria-label=texts::labels_used() aria-describedby="chips-hint">
                <For
                    each=move || shown.get().labels
                    key=|label| label.clone()
                    children=move |label| view! { <Chip session label tab_stop last /> }
                />
            </ul>
            <p class="chips-rest" hidden=move || hidden.get() == 0>
                {move || texts::labels_hidden(&format::count(hidden.get()))}
            </p>
            <LabelInput session frame hidden />
        </div>
        <p id="chips-hint" hidden>{texts::labels_keys()}</p>
    }
}
