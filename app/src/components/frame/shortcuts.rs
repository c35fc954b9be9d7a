//! Keys that work anywhere on the page: `/` leads to the question, Ctrl+Z takes back what was done
//! last.

use leptos::ev;
use leptos::prelude::*;

use crate::browser::focus;
use crate::session::Session;
use crate::settings::Mode;

/// Listens for as long as the page lives.
pub fn listen(session: Session, mode: Memo<Mode>) {
    let pressed = window_event_listener(ev::keydown, move |event| {
        // In a text field they type, and take back what was typed.
        let fields = "input:not([type=checkbox], [type=range]), textarea, select";
        let types = document()
            .active_element()
            .is_some_and(|active| active.matches(fields).unwrap_or_default());
        if types || focus::in_dialog() || event.alt_key() || event.shift_key() && event.key() != "/"
        {
            return;
        }
        let control = event.ctrl_key() || event.meta_key();
        match (event.key().as_str(), control) {
            ("z", true) => session.undo(),
            ("/", false) => focus::first(match mode.get_untracked() {
                Mode::Sort => "#label-input",
                Mode::Search => "#search-input",
                Mode::Match => "#captions-input",
            }),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || pressed.remove());
}
