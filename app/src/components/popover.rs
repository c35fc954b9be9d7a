//! What opens below a button, and closes by itself.

use leptos::ev::{self, FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{EventTarget, Node};

/// The state of a popover; cheap to copy into closures. Escape, and a click or the focus elsewhere,
/// close it.
#[derive(Clone, Copy)]
pub struct Popover {
    /// Whether it is open.
    pub open: RwSignal<bool>,
    /// [`Popover::around`].
    frame: NodeRef<html::Div>,
    /// The button, which gets the focus back.
    pub button: NodeRef<html::Button>,
}

impl Popover {
    /// A closed popover.
    pub fn new() -> Self {
        let popover = Self {
            open: RwSignal::new(false),
            frame: NodeRef::new(),
            button: NodeRef::new(),
        };
        let pressed = window_event_listener(ev::pointerdown, move |event| {
            if popover.open.get_untracked() && popover.is_outside(event.target()) {
                popover.open.set(false);
            }
        });
        on_cleanup(move || pressed.remove());
        popover
    }

    /// The element around the button and what it opens.
    pub fn around(self, class: &'static str, contents: AnyView) -> AnyView {
        view! {
            <div
                class=class
                node_ref=self.frame
                on:keydown=move |event| self.press(&event)
                on:focusout=move |event| self.leave(&event)
            >
                {contents}
            </div>
        }
        .into_any()
    }

    /// Opens or closes it.
    pub fn toggle(self) {
        self.open.update(|open| *open = !*open);
    }

    /// Closes it, and returns the focus to its button.
    pub fn close(self) {
        self.open.set(false);
        if let Some(button) = self.button.get_untracked() {
            // If this fails, the browser chooses where the focus goes.
            let _ = button.focus();
        }
    }

    /// Takes a key that was pressed in the frame.
    fn press(self, event: &KeyboardEvent) {
        if event.key() == "Escape" && self.open.get_untracked() {
            event.stop_propagation();
            self.close();
        }
    }

    /// Takes the news that the focus left an element of the frame. A file picker takes the focus too,
    /// but gives it to no other element.
    fn leave(self, event: &FocusEvent) {
        if self.is_outside(event.related_target()) {
            self.open.set(false);
        }
    }

    fn is_outside(self, target: Option<EventTarget>) -> bool {
        let node: Option<Node> = target.and_then(|target| target.dyn_into().ok());
        let frame = self.frame.get_untracked();
        node.is_some_and(|node| frame.is_some_and(|frame| !frame.contains(Some(&node))))
    }
}
