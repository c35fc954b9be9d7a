//! Moves the focus when its element disappears (WCAG 2.4.3).

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Moves the focus from a button in a list to the same button of the next item, or else of the
/// previous one. If there is neither, `otherwise` selects the target.
pub fn move_to_neighbour(event: &MouseEvent, otherwise: &'static str) {
    let class = button(event).and_then(|button| button.class_list().item(0));
    if let Some(class) = class {
        move_to_neighbours(event, &format!(".{class}"), otherwise);
    }
}

/// Moves the focus from a button in a list to what `inside` selects in the next item, or else in
/// the previous one. If there is neither, `otherwise` selects the target.
pub fn move_to_neighbours(event: &MouseEvent, inside: &str, otherwise: &str) {
    let Some(button) = button(event) else { return };
    let item = button.closest("li").ok().flatten();
    let neighbour = item.and_then(|item| {
        let beside = item
            .next_element_sibling()
            .or_else(|| item.previous_element_sibling())?;
        beside.query_selector(inside).ok()?
    });
    match neighbour {
        Some(neighbour) => take(neighbour),
        None => first(otherwise),
    }
}

/// The button that was clicked, or that contains what was clicked.
fn button(event: &MouseEvent) -> Option<Element> {
    let element: Element = event.target()?.dyn_into().ok()?;
    element.closest("button").ok()?
}

/// Focuses the first element that `selector` matches.
pub fn first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(found) = found {
        take(found);
    }
}

/// Whether what `selector` matches has the focus, or something in it.
pub fn is_within(selector: &str) -> bool {
    let focused = document().query_selector(&format!("{selector}:focus-within"));
    focused.is_ok_and(|focused| focused.is_some())
}

/// Whether a dialog is open, which keeps the focus from the rest of the page.
pub fn in_dialog() -> bool {
    let open = document().query_selector("dialog[open]");
    open.is_ok_and(|open| open.is_some())
}

/// Focuses a label's chip once it is rendered, or else the input for labels.
pub fn chip(label: String) {
    request_animation_frame(move || {
        let chips = document().query_selector_all("[data-testid=label-chip]");
        let chips = chips.iter().flat_map(|chips| {
            (0..chips.length()).filter_map(|index| chips.item(index)?.dyn_into::<Element>().ok())
        });
        let mut named =
            chips.filter(|chip| chip.get_attribute("data-label").as_ref() == Some(&label));
        let text = named
            .next()
            .and_then(|chip| chip.query_selector(".chip-text").ok()?);
        match text {
            Some(text) => take(text),
            None => first("#label-input"),
        }
    });
}

fn take(element: Element) {
    if let Ok(element) = element.dyn_into::<HtmlElement>() {
        // If this fails, the browser chooses where the focus goes.
        let _ = element.focus();
    }
}
