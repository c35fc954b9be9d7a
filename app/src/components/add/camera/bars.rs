//! The labels that fit best, over the lower edge of the video.

use leptos::prelude::*;

use crate::format;
use crate::picture::Entry;
use crate::texts;

/// Labels shown.
pub const SHOWN: usize = 3;

/// The best labels of a moving picture. The rows stay, and only their contents change, many times a
/// second.
#[component]
pub fn Bars(entries: RwSignal<Vec<Entry>>) -> impl IntoView {
    let rows = (0..SHOWN).map(|at| {
        let entry = Memo::new(move |_| entries.with(|entries| entries.get(at).cloned()));
        let label = Memo::new(move |_| entry.with(|entry| Some(entry.as_ref()?.label.clone())));
        let share = move || entry.with(|entry| entry.as_ref().map_or(0.0, |e| e.probability));
        view! {
            <li
                class="camera-row"
                data-testid="camera-label"
                data-label=move || label.get()
                data-percent=move || format!("{:.4}", share() * 100.0)
                hidden=move || label.with(Option::is_none)
            >
                <span class="camera-name" dir="auto">{move || label.get()}</span>
                <span class="camera-percent">{move || format::whole_percent(share())}</span>
                <span class="bar" aria-hidden="true">
                    <span style:width=move || format!("{:.2}%", share() * 100.0)></span>
                </span>
            </li>
        }
    });
    view! {
        <ol class="camera-bars" role="list" aria-label=texts::camera_sees()>
            {rows.collect_view()}
        </ol>
    }
}
