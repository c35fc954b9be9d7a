//! The two tabs.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use crate::session::Session;
use crate::settings::Mode;

/// Labels or captions; arrow keys move between the tabs, as in any tab list.
#[component]
pub fn Modes(session: Session, mode: Memo<Mode>) -> impl IntoView {
    let labels = NodeRef::<html::Button>::new();
    let captions = NodeRef::<html::Button>::new();
    let choose = move |mode: Mode| session.edit(|settings| settings.mode = mode);
    let on_key = move |event: KeyboardEvent| {
        let target = match event.key().as_str() {
            "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" => match mode.get_untracked() {
                Mode::Labels => Mode::Captions,
                Mode::Captions => Mode::Labels,
            },
            "Home" => Mode::Labels,
            "End" => Mode::Captions,
            _ => return,
        };
        event.prevent_default();
        choose(target);
        let tab = match target {
            Mode::Labels => labels,
            Mode::Captions => captions,
        };
        if let Some(tab) = tab.get_untracked() {
            // If this fails, the tab is selected all the same.
            let _ = tab.focus();
        }
    };
    let tab = move |id: &'static str, panel: &'static str, text: &'static str, own: Mode, node| {
        view! {
            <button
                type="button"
                role="tab"
                id=id
                node_ref=node
                aria-controls=panel
                aria-selected=move || (mode.get() == own).to_string()
                tabindex=move || if mode.get() == own { "0" } else { "-1" }
                on:click=move |_| choose(own)
            >
                {text}
            </button>
        }
    };
    view! {
        <div role="tablist" class="tabs" aria-label="Mode" on:keydown=on_key>
            {tab("mode-labels", "panel-labels", "Labels", Mode::Labels, labels)}
            {tab("mode-captions", "panel-captions", "Captions", Mode::Captions, captions)}
        </div>
    }
}
