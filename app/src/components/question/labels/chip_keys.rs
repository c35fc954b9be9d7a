//! Keys on a chip: arrows, Home and End move between chips, and typing goes to the field.

use leptos::ev::KeyboardEvent;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::browser::focus;

/// The field that follows the chips.
pub const INPUT: &str = "#label-input";
/// The part of a chip that the keyboard reaches.
const TEXT: &str = ".chip-text";

/// Moves the focus as a key on a chip says.
pub fn go(event: &KeyboardEvent) {
    let Some(chip) = chip(event) else { return };
    let list = chip.parent_element();
    let end = |end: fn(&Element) -> Option<Element>| list.as_ref().and_then(end);
    let target = match event.key().as_str() {
        _ if event.ctrl_key() || event.meta_key() || event.alt_key() => return,
        "ArrowLeft" => chip.previous_element_sibling(),
        "ArrowRight" => match chip.next_element_sibling() {
            None => {
                event.prevent_default();
                return focus::first(INPUT);
            }
            next => next,
        },
        "Home" => end(Element::first_element_child),
        "End" => end(Element::last_element_child),
        // The browser types the character where the focus is by then.
        key if key != " " && key.chars().count() == 1 => return focus::first(INPUT),
        _ => return,
    };
    event.prevent_default();
    if let Some(target) = target {
        focus_text(&target);
    }
}

/// Moves the focus from a chip that goes to its neighbour, or else to the field.
pub fn leave(event: &KeyboardEvent) {
    let beside = chip(event).and_then(|chip| {
        chip.next_element_sibling()
            .or_else(|| chip.previous_element_sibling())
    });
    match beside {
        Some(beside) => focus_text(&beside),
        None => focus::first(INPUT),
    }
}

/// Moves the focus to the last chip.
pub fn go_to_last() {
    focus::first(".chip:last-child .chip-text");
}

/// The chip of the event's target.
fn chip(event: &KeyboardEvent) -> Option<Element> {
    let element: Element = event.target()?.dyn_into().ok()?;
    element.closest("li").ok()?
}

fn focus_text(chip: &Element) {
    let text = chip.query_selector(TEXT).ok().flatten();
    if let Some(text) = text.and_then(|text| text.dyn_into::<HtmlElement>().ok()) {
        // If this fails, the focus stays where it is.
        let _ = text.focus();
    }
}
