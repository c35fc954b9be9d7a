//! The field that adds a label.

use leptos::ev::{ClipboardEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;

use super::chip_keys;
use crate::label_sets::file::{FileError, MAX_BYTES};
use crate::session::Session;
use crate::text_list;
use crate::texts;

/// The field, in a frame that it scrolls to its end. `hidden` labels have no chip.
#[component]
pub fn LabelInput(
    session: Session,
    frame: NodeRef<html::Div>,
    hidden: Memo<usize>,
) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let is_empty = move || {
        let input = input.get_untracked();
        input.is_some_and(|input| input.value().is_empty())
    };
    let add = move |text: &str| {
        if !text_list::split_labels(text).is_empty() {
            session.add_labels(text);
            // The new chip pushes the field down.
            request_animation_frame(move || {
                if let Some(frame) = frame.get_untracked() {
                    frame.set_scroll_top(frame.scroll_height());
                }
            });
        }
    };
    let take = move || {
        if let Some(input) = input.get_untracked() {
            let text = input.value();
            input.set_value("");
            add(&text);
        }
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        _ if event.is_composing() => {}
        "," if !text_list::ends_at_comma(&event_target_value(&event)) => {}
        "Enter" | "," => {
            event.prevent_default();
            take();
        }
        // Nobody should remove a label unseen.
        "Backspace" if is_empty() && hidden.get_untracked() == 0 => {
            let labels = session
                .settings
                .with_untracked(|settings| settings.labels.len());
            if labels > 0 {
                session.edit(|settings| settings.labels.truncate(labels - 1));
            }
        }
        "ArrowLeft" if is_empty() => {
            event.prevent_default();
            chip_keys::go_to_last();
        }
        _ => {}
    };
    let on_paste = move |event: ClipboardEvent| {
        let text = event
            .clipboard_data()
            .and_then(|data| data.get_data("text").ok())
            .unwrap_or_default();
        if text.len() as f64 > MAX_BYTES {
            event.prevent_default();
            session.say(FileError::Large(text.len() as f64).to_string());
        } else if text.contains(['\n', '\t', ',']) {
            // A list becomes labels at once; other text is pasted into the field as usual.
            event.prevent_default();
            add(&text);
        }
    };
    view! {
        <input
            id="label-input"
            type="text"
            autocomplete="off"
            autocapitalize="none"
            enterkeyhint="enter"
            placeholder=texts::labels_add()
            dir="auto"
            aria-describedby="labels-hint"
            node_ref=input
            on:keydown=on_key
            on:paste=on_paste
            on:blur=move |_| take()
            // Phone keyboards send no key event for a comma.
            on:input:target=move |event| {
                let typed = event.target().value();
                if typed.contains(',') && text_list::ends_at_comma(&typed) {
                    take();
                }
            }
        />
    }
}
