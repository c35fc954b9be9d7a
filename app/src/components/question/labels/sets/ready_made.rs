//! Label sets that come with the page.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::menu::Menu;
use crate::label_sets::presets::{PRESETS, Preset};
use crate::texts;

/// The sets, one button each.
#[component]
pub fn ReadyMade(menu: Menu) -> impl IntoView {
    let fetching = StoredValue::new(false);
    let take = move |preset: &'static Preset| {
        if fetching.get_value() {
            return;
        }
        fetching.set_value(true);
        spawn_local(async move {
            match preset.labels().await {
                Some(labels) => menu.take(&labels, Some(preset.template)),
                None => menu.session.say(texts::sets_missing().to_owned()),
            }
            fetching.try_set_value(false);
        });
    };
    let sets = PRESETS.iter().map(|preset| {
        let facts = format!(
            "{} · {}",
            texts::labels_count(preset.count),
            (preset.source)()
        );
        view! {
            <li>
                <button
                    type="button"
                    class="set"
                    data-file=preset.file
                    on:click=move |_| take(preset)
                >
                    <strong>{(preset.name)()}</strong>
                    " "
                    <small>{facts}</small>
                </button>
            </li>
        }
    });
    view! {
        <p id="ready-made-title" class="sets-title">{texts::sets_ready_made()}</p>
        <ul role="list" aria-labelledby="ready-made-title">{sets.collect_view()}</ul>
    }
}
