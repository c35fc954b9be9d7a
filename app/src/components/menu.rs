//! A button that opens a few others.

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::components::popover::Popover;

/// A menu; a click on one of its buttons closes it.
#[component]
pub fn Menu(label: &'static str, children: ChildrenFn) -> impl IntoView {
    let popover = Popover::new();
    let Popover { open, button, .. } = popover;
    let chosen = move |event: MouseEvent| {
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        if target.is_some_and(|target| target.closest("button").ok().flatten().is_some()) {
            popover.close();
        }
    };
    let contents = view! {
        <button
            type="button"
            class="quiet menu-button"
            node_ref=button
            aria-expanded=move || open.get().to_string()
            on:click=move |_| popover.toggle()
        >
            {label}
        </button>
        <Show when=move || open.get()>
            <div class="menu-items" role="group" aria-label=label on:click=chosen>
                {children()}
            </div>
        </Show>
    };
    popover.around("menu", contents.into_any())
}
