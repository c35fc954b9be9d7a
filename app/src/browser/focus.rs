//! Where the focus goes when what has it goes away (WCAG 2.4.3).

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Hands the focus of a button in a list to the same button of the item after, or else before;
/// `otherwise` selects what has it when the list is empty.
pub fn pass_on(event: &MouseEvent, otherwise: &'static str) {
    let button = event.target().and_then(|target| {
        let element: Element = target.dyn_into().ok()?;
        element.closest("button").ok()?
    });
    let Some(button) = button else { return };
    let item = button.closest("li").ok().flatten();
    let neighbour = item.and_then(|item| {
        let class = button.class_list().item(0)?;
        let beside = item
            .next_element_sibling()
            .or_else(|| item.previous_element_sibling())?;
        beside.query_selector(&format!(".{class}")).ok()?
    });
    match neighbour {
        Some(neighbour) => take(neighbour),
        None => first(otherwise),
    }
}

/// Gives the focus to what `selector` finds first.
pub fn first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(found) = found {
        take(found);
    }
}

/// Gives the focus to a label's chip once it is drawn, or to the field for labels.
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
        // Focus that is refused is where the browser puts it.
        let _ = element.focus();
    }
}
