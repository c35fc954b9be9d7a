//! Any other CLIP model: files on this device, or a name on the Hugging Face Hub.

use glance_protocol::Description;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, File, HtmlInputElement, SubmitEvent};

use crate::browser::drag_and_drop::dropped::files;
use crate::browser::focus;
use crate::components::landmarks::MODELS;
use crate::components::model::storage::storage;
use crate::format;
use crate::session::{Candidate, Session};
use crate::texts;

/// Models from elsewhere, and the room for them.
#[component]
pub fn OtherModels(session: Session) -> impl IntoView {
    view! {
        <details>
            <summary>{texts::models_other()}</summary>
            <div class="model-sources">
                <FileSource session />
                <HubSource session />
            </div>
            <CandidateCard session />
            {storage(session)}
        </details>
    }
}

/// Checkpoints on the person's own device.
#[component]
fn FileSource(session: Session) -> impl IntoView {
    let one = NodeRef::<html::Input>::new();
    let folder = NodeRef::<html::Input>::new();
    let picked = move |event: Event| {
        let input = event.target().and_then(|target| target.dyn_into().ok());
        let Some(input): Option<HtmlInputElement> = input else {
            return;
        };
        let chosen: Vec<File> = input.files().map(|list| files(&list)).unwrap_or_default();
        input.set_value("");
        if !chosen.is_empty() {
            session.inspect_files(chosen);
        }
    };
    let open = |input: NodeRef<html::Input>| {
        move |_| {
            if let Some(input) = input.get_untracked() {
                input.click();
            }
        }
    };
    view! {
        <div>
            <h4>{texts::models_files()}</h4>
            <p class="hint">{texts::models_files_hint()}</p>
            <button type="button" on:click=open(one)>{texts::models_choose_files()}</button>
            <button type="button" on:click=open(folder)>{texts::models_choose_folder()}</button>
            <input
                id="model-files"
                class="visually-hidden"
                type="file"
                multiple
                tabindex="-1"
                aria-label=texts::models_files_input()
                node_ref=one
                on:change=picked
            />
            <input
                id="model-folder"
                class="visually-hidden"
                type="file"
                prop:webkitdirectory=true
                tabindex="-1"
                aria-label=texts::models_folder_input()
                node_ref=folder
                on:change=picked
            />
        </div>
    }
}

/// Checkpoints on the hub.
#[component]
fn HubSource(session: Session) -> impl IntoView {
    let name = NodeRef::<html::Input>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(name) = name.get_untracked() {
            session.inspect_repository(&name.value());
        }
    };
    view! {
        <form on:submit=submit>
            <h4><label for="hub-name">{texts::models_hub()}</label></h4>
            <p class="hint" id="hub-hint">{texts::models_hub_hint()}</p>
            <div class="hub-name">
                <input
                    id="hub-name"
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    maxlength="300"
                    required
                    aria-describedby="hub-hint"
                    node_ref=name
                />
                <button type="submit" id="look-up">{texts::models_look_up()}</button>
            </div>
        </form>
    }
}

/// The previewed model's description, and the button that uses it.
#[component]
fn CandidateCard(session: Session) -> impl IntoView {
    let text = move || match session.candidate.get() {
        Candidate::None => String::new(),
        Candidate::Inspecting => texts::models_looking().to_owned(),
        Candidate::Failed(message) => message,
        Candidate::Found(found) => described(&found),
    };
    let room = move || match session.candidate.get() {
        Candidate::Found(found) => room(&found),
        _ => None,
    };
    let tight = move || matches!(room(), Some((_, true)));
    let found = move || matches!(session.candidate.get(), Candidate::Found(_));
    let failed = move || matches!(session.candidate.get(), Candidate::Failed(_));
    view! {
        <div class="candidate">
            <p role="status">
                <span id="candidate" class:error=failed>{text}</span>
                " "
                <span id="candidate-room" class:warning=tight>
                    {move || room().map(|(text, _)| text)}
                </span>
            </p>
            <button
                type="button"
                id="use-candidate"
                class="primary"
                hidden=move || !found()
                on:click=move |_| {
                    // The button goes away.
                    focus::first(MODELS);
                    session.use_candidate();
                }
            >
                {texts::models_use_found()}
            </button>
        </div>
    }
}

fn described(found: &Description) -> String {
    let license = found.license.as_deref();
    texts::models_found(
        &found.name,
        &format::bytes(found.bytes),
        &format::bytes(found.pack_bytes),
        license.unwrap_or(texts::models_found_license_none()),
    )
}

/// A sentence about the remaining quota, and whether it is too small for the model.
fn room(found: &Description) -> Option<(String, bool)> {
    let free = format::bytes(found.free?);
    let tight = found.free? < found.pack_bytes;
    let text = match tight {
        true => texts::models_found_no_room(&free),
        false => texts::models_found_room(&free),
    };
    Some((text, tight))
}
