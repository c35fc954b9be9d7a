//! The tabs: what the page does with the pictures. The chosen one is in the address, so that Back
//! works.

use leptos::ev;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use crate::browser::fragment;
use crate::session::Session;
use crate::settings::Mode;
use crate::texts;

/// The tabs in order, each with its name in the address.
const TABS: [(Mode, &str); 3] = [
    (Mode::Sort, "sort"),
    (Mode::Search, "search"),
    (Mode::Match, "match"),
];

/// The tabs; arrow keys move between them, as in any tab list.
#[component]
pub fn Modes(session: Session, mode: Memo<Mode>) -> impl IntoView {
    let buttons = TABS.map(|_| NodeRef::<html::Button>::new());
    let choose = move |mode: Mode| {
        if session.settings.with_untracked(|settings| settings.mode) != mode {
            session.edit(|settings| settings.mode = mode);
        }
    };
    let follow = move || {
        let read = fragment::read();
        let name = read.split('?').next().unwrap_or_default();
        if let Some(&(mode, _)) = TABS.iter().find(|(_, own)| *own == name) {
            choose(mode);
        }
    };
    follow();
    let start = mode.get_untracked();
    let moved = window_event_listener(ev::hashchange, move |_| match fragment::read().is_empty() {
        // Back where the visit began.
        true => choose(start),
        false => follow(),
    });
    on_cleanup(move || moved.remove());
    Effect::new(move |first: Option<()>| {
        let (_, name) = TABS[index(mode.get())];
        let shown = fragment::read();
        let here = shown.split('?').next() == Some(name);
        // A first visit keeps the address that it came with.
        if first.is_some() && !here {
            fragment::push(name);
        }
    });
    let on_key = move |event: KeyboardEvent| {
        let at = index(mode.get_untracked());
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowUp" => (at + TABS.len() - 1) % TABS.len(),
            "ArrowRight" | "ArrowDown" => (at + 1) % TABS.len(),
            "Home" => 0,
            "End" => TABS.len() - 1,
            _ => return,
        };
        event.prevent_default();
        choose(TABS[to].0);
        if let Some(tab) = buttons[to].get_untracked() {
            // If this fails, the tab is selected all the same.
            let _ = tab.focus();
        }
    };
    let tabs = TABS.iter().zip(buttons).map(|(&(own, name), node)| {
        view! {
            <button
                type="button"
                role="tab"
                id=format!("mode-{name}")
                node_ref=node
                aria-controls=format!("panel-{name}")
                aria-selected=move || (mode.get() == own).to_string()
                tabindex=move || if mode.get() == own { "0" } else { "-1" }
                on:click=move |_| choose(own)
            >
                {title(own)}
            </button>
        }
    });
    view! {
        <div role="tablist" class="tabs" aria-label=texts::modes_title() on:keydown=on_key>
            {tabs.collect_view()}
        </div>
    }
}

fn title(mode: Mode) -> &'static str {
    match mode {
        Mode::Sort => texts::modes_sort(),
        Mode::Search => texts::modes_search(),
        Mode::Match => texts::modes_match(),
    }
}

fn index(mode: Mode) -> usize {
    TABS.iter()
        .position(|(own, _)| *own == mode)
        .unwrap_or_default()
}
