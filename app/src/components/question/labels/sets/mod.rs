//! The popover with sets of labels.
//!
//! ```text
//! menu         what the parts share
//! ready_made   those that come with the page
//! mine         those that the person saved
//! files        import and export
//! ```

use leptos::prelude::*;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;

use crate::components::deferred::{Part, deferred};
use crate::components::popover::Popover;
use crate::session::Session;
use crate::texts;
use menu::Menu;

mod files;
mod menu;
mod mine;
mod ready_made;

/// The button and its popover.
#[component]
pub fn Sets(session: Session) -> impl IntoView {
    let menu = Menu {
        session,
        popover: Popover::new(),
        keep: RwSignal::new(false),
    };
    let popover = menu.popover;
    let Popover { open, button, .. } = popover;
    let opened_once = Memo::new(move |before| before == Some(&true) || open.get());
    let contents = view! {
        <button
            type="button"
            id="sets-button"
            class="tool opens"
            aria-expanded=move || open.get().to_string()
            aria-controls="sets"
            node_ref=button
            on:click=move |_| popover.toggle()
        >
            {texts::sets_button()}
        </button>
        <div id="sets" role="group" aria-label=texts::sets_title() hidden=move || !open.get()>
            <Show when=move || opened_once.get()>{deferred(move || sets(menu))}</Show>
        </div>
    };
    popover.around("sets", contents.into_any())
}

#[cfg_attr(not(test), wasm_split(label_sets, wasm_split_path = leptos::wasm_split, fallible))]
fn sets(menu: Menu) -> Part {
    let sets = view! {
        <label class="check">
            <input
                id="sets-keep"
                type="checkbox"
                prop:checked=move || menu.keep.get()
                on:change:target=move |event| menu.keep.set(event.target().checked())
            />
            <span>{texts::sets_keep()}</span>
        </label>
        <ready_made::ReadyMade menu />
        <mine::Mine menu />
        <files::Files menu />
    };
    Ok(sets.into_any())
}
