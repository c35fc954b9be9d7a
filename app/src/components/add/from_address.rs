//! Adds pictures of other sites by their addresses.

use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;
use web_sys::Url;

use crate::browser::focus;
use crate::browser::remote_picture;
use crate::components::deferred::{Part, deferred};
use crate::components::popover::Popover;
use crate::session::Session;
use crate::texts;

/// The field for addresses, and the button that fetches them.
const FIELD: &str = "#picture-addresses";
const ADD: &str = "#add-addresses";

/// The form, which is shared with whoever fills it in.
#[derive(Clone, Copy)]
pub struct AddressForm {
    popover: Popover,
    /// The addresses, one a line.
    text: RwSignal<String>,
    /// What is wrong with them.
    said: RwSignal<String>,
}

impl AddressForm {
    /// A closed form.
    pub fn new() -> Self {
        Self {
            popover: Popover::new(),
            text: RwSignal::new(String::new()),
            said: RwSignal::new(String::new()),
        }
    }

    /// Opens it with addresses that were dropped or pasted. Only the person's click fetches them.
    pub fn offer(self, addresses: String) {
        self.text.set(addresses);
        self.said.set(String::new());
        self.popover.open.set(true);
        self.focus_later();
    }

    /// Focuses the field, or the button if addresses are there already, once they are shown.
    fn focus_later(self) {
        let empty = self.text.with_untracked(String::is_empty);
        let selector = if empty { FIELD } else { ADD };
        request_animation_frame(move || focus::first(selector));
    }

    fn add(self, session: Session) {
        let addresses = match remote_picture::addresses(&self.text.get_untracked()) {
            Ok(addresses) => addresses,
            Err(sentence) => {
                self.said.set(sentence);
                return;
            }
        };
        self.text.set(String::new());
        self.said.set(String::new());
        self.popover.close();
        spawn_local(async move {
            let left = session.add_from(addresses).await;
            // For another try, unless the person has written something meanwhile.
            self.text.try_update(|text| {
                if text.is_empty() {
                    *text = left.iter().map(Url::href).collect::<Vec<_>>().join("\n");
                }
            });
        });
    }
}

/// The button and its form.
#[component]
pub fn FromAddress(session: Session, form: AddressForm) -> impl IntoView {
    let popover = form.popover;
    let Popover { open, button, .. } = popover;
    let toggle = move |_| {
        popover.toggle();
        if open.get_untracked() {
            form.focus_later();
        }
    };
    let opened_once = Memo::new(move |before| before == Some(&true) || open.get());
    let contents = view! {
        <button
            type="button"
            aria-expanded=move || open.get().to_string()
            aria-controls="from-address"
            node_ref=button
            on:click=toggle
        >
            {texts::add_address_open()}
        </button>
        <div id="from-address" hidden=move || !open.get()>
            <Show when=move || opened_once.get()>{deferred(move || fields(session, form))}</Show>
        </div>
    };
    popover.around("from-address", contents.into_any())
}

#[cfg_attr(not(test), wasm_split(adding, wasm_split_path = leptos::wasm_split, fallible))]
fn fields(session: Session, form: AddressForm) -> Part {
    let AddressForm { text, said, .. } = form;
    let press = move |event: KeyboardEvent| {
        // The field has several lines for the sake of lists, but most people paste one address.
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            form.add(session);
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        form.add(session);
    };
    form.focus_later();
    let fields = view! {
        <form
            aria-label=texts::add_address_form()
            on:submit=submit
        >
            <label class="field-name" for="picture-addresses">
                {texts::add_address_field()}
            </label>
            <textarea
                id="picture-addresses"
                rows="2"
                inputmode="url"
                autocapitalize="off"
                autocomplete="off"
                spellcheck="false"
                placeholder="https://"
                aria-describedby="from-address-hint"
                prop:value=move || text.get()
                on:input:target=move |event| text.set(event.target().value())
                on:keydown=press
            ></textarea>
            <p id="from-address-hint" class="hint">{texts::add_address_hint()}</p>
            <p class="note" role="status">{move || said.get()}</p>
            <button type="submit" id="add-addresses" class="primary">
                {texts::add_address_add()}
            </button>
        </form>
    };
    Ok(fields.into_any())
}
