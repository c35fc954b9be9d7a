//! Ways in for pictures: drop anywhere, paste anywhere, or pick files.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{DataTransfer, Event, File, FileList, HtmlInputElement};

use crate::components::samples::{carries_sample, dragged_sample};
use crate::samples;
use crate::session::Session;

/// The visible zone. Drops are taken on the whole page; the zone only shows where to aim.
#[component]
pub fn DropZone(session: Session) -> impl IntoView {
    let hovering = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();

    let over = window_event_listener(ev::dragover, move |event| {
        if event
            .data_transfer()
            .is_some_and(|transfer| carries_files(&transfer) || carries_sample(&transfer))
        {
            event.prevent_default();
            hovering.set(true);
        }
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        // Leaving an element for another one is no leaving of the window.
        if event.related_target().is_none() {
            hovering.set(false);
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        hovering.set(false);
        let Some(transfer) = event.data_transfer() else {
            return;
        };
        if let Some(sample) = dragged_sample(&transfer) {
            event.prevent_default();
            spawn_local(async move {
                samples::add(session, sample).await;
            });
        } else if let Some(list) = transfer.files().filter(|list| list.length() > 0) {
            event.prevent_default();
            session.add_files(files(&list));
        }
    });
    let pasted = window_event_listener(ev::paste, move |event| {
        if let Some(list) = event.clipboard_data().and_then(|transfer| transfer.files())
            && list.length() > 0
        {
            event.prevent_default();
            session.add_files(files(&list));
        }
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        dropped.remove();
        pasted.remove();
    });

    let picked = move |event: Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into().ok()) else {
            return;
        };
        let input: HtmlInputElement = input;
        if let Some(list) = input.files() {
            session.add_files(files(&list));
        }
        // The same file can be picked again.
        input.set_value("");
    };
    let browse = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    view! {
        <div id="drop-zone" class="drop-zone" class:hovering=move || hovering.get()>
            <p class="drop-zone-title">
                {move || if hovering.get() { "Let go to add" } else { "Drop pictures anywhere" }}
            </p>
            <p class="drop-zone-hint">"or paste them, or"</p>
            <button type="button" class="primary" on:click=browse>"Choose pictures"</button>
            <input
                id="file-input"
                class="visually-hidden"
                type="file"
                accept="image/*"
                multiple
                tabindex="-1"
                aria-label="Pictures"
                node_ref=input
                on:change=picked
            />
        </div>
    }
}

fn carries_files(transfer: &DataTransfer) -> bool {
    transfer.types().includes(&"Files".into(), 0)
}

/// The files of a list that the browser gives.
pub fn files(list: &FileList) -> Vec<File> {
    (0..list.length())
        .filter_map(|index| list.item(index))
        .collect()
}
