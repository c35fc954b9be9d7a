//! One label: press it to edit, or remove it.

use glance_protocol::TextNote;
use leptos::ev::{DragEvent, FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;

use super::chip_keys;
use crate::browser::drag_and_drop::dragged::{carries_pictures, dragged};
use crate::browser::focus;
use crate::session::Session;
use crate::text_list::{self, beginning};
use crate::texts;

/// Characters of a label on its chip, and in the names of its buttons.
const SHOWN: usize = 200;
const NAMED: usize = 40;

/// A label. `tab_stop` is the label that the Tab key reaches, `last` the one that had the focus last.
#[component]
pub fn Chip(
    session: Session,
    label: String,
    tab_stop: Memo<Option<String>>,
    last: RwSignal<Option<String>>,
) -> impl IntoView {
    let editing = RwSignal::new(false);
    let label = StoredValue::new(label);
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // If this fails, the field can still be clicked.
            let _ = field.focus();
            // The key that opened the field may still move the caret.
            request_animation_frame(move || field.select());
        }
    });
    // Moves the focus when the field disappears.
    let leave = move |text: &str| {
        let labels = text_list::split_labels(text);
        let label = labels.into_iter().next().unwrap_or(label.get_value());
        focus::chip(label);
    };
    let replace = move |text: &str| {
        editing.set(false);
        if text == label.get_value() {
            return;
        }
        session.edit(|settings| {
            let index = label.with_value(|own| settings.labels.iter().position(|l| l == own));
            if let Some(index) = index {
                text_list::replace_label(&mut settings.labels, index, text);
            }
        });
    };
    let on_chip_key = move |event: KeyboardEvent| match event.key().as_str() {
        _ if editing.get_untracked() => {}
        "F2" => {
            event.prevent_default();
            editing.set(true);
        }
        "Delete" | "Backspace" => {
            event.prevent_default();
            chip_keys::leave(&event);
            replace("");
        }
        _ => chip_keys::go(&event),
    };
    let on_field_key = move |event: KeyboardEvent| match event.key().as_str() {
        _ if event.is_composing() => {}
        "Enter" => {
            event.prevent_default();
            let text = event_target_value(&event);
            leave(&text);
            replace(&text);
        }
        "Escape" => {
            // Nothing around the chip closes.
            event.stop_propagation();
            leave("");
            editing.set(false);
        }
        _ => {}
    };
    let on_blur = move |event: FocusEvent| {
        if editing.get_untracked() {
            replace(&event_target_value(&event));
        }
    };
    let note = move || {
        session.notes.with(
            |notes| match label.with_value(|own| notes.get(own).cloned()) {
                Some(TextNote::Truncated) => Some(texts::labels_too_long().to_owned()),
                Some(TextNote::Refused(reason)) => Some(reason),
                Some(TextNote::Whole) | None => None,
            },
        )
    };
    let tabindex = move || {
        let own = tab_stop.with(|stop| label.with_value(|own| stop.as_ref() == Some(own)));
        if own { "0" } else { "-1" }
    };
    let aimed_at = RwSignal::new(false);
    let on_drag_over = move |event: DragEvent| {
        if event
            .data_transfer()
            .is_some_and(|data| carries_pictures(&data))
        {
            event.prevent_default();
            aimed_at.set(true);
        }
    };
    let on_drop = move |event: DragEvent| {
        aimed_at.set(false);
        let ids = event.data_transfer().map(|data| dragged(&data));
        if let Some(ids) = ids.filter(|ids| !ids.is_empty()) {
            event.prevent_default();
            label.with_value(|label| session.teach(&ids, label));
        }
    };
    let named = move || label.with_value(|label| beginning(label, NAMED));
    view! {
        <li
            class="chip"
            class:noted=move || note().is_some()
            class:aimed-at=move || aimed_at.get()
            on:dragover=on_drag_over
            on:dragleave=move |_| aimed_at.set(false)
            on:drop=on_drop
            title=note
            data-testid="label-chip"
            data-label=label.get_value()
            on:keydown=on_chip_key
            on:focusin=move |_| last.set(Some(label.get_value()))
        >
            <Show
                when=move || editing.get()
                fallback=move || view! {
                    <button
                        type="button"
                        class="chip-text"
                        dir="auto"
                        tabindex=tabindex
                        title=texts::labels_edit(&named())
                        aria-keyshortcuts="F2 Delete"
                        on:click=move |_| editing.set(true)
                    >
                        {label.with_value(|label| beginning(label, SHOWN))}
                    </button>
                }
            >
                <input
                    type="text"
                    class="chip-field"
                    aria-label=texts::labels_edit_field()
                    autocomplete="off"
                    dir="auto"
                    node_ref=field
                    prop:value=label.get_value()
                    on:keydown=on_field_key
                    on:blur=on_blur
                />
            </Show>
            <button
                type="button"
                class="chip-remove"
                // Delete does the same from the keyboard.
                tabindex="-1"
                aria-label=texts::labels_remove(&named())
                on:click=move |event| {
                    focus::move_to_neighbour(&event, "#label-input");
                    replace("");
                }
            ></button>
        </li>
    }
}
