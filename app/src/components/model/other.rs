//! Any other CLIP model: files on this device, or a name on the Hugging Face Hub.

use glance_protocol::Description;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, File, HtmlInputElement, SubmitEvent};

use crate::browser::dropped::files;
use crate::browser::focus;
use crate::components::landmarks::MODELS;
use crate::components::model::storage::storage;
use crate::format;
use crate::session::{Candidate, Session};

/// Models from elsewhere, and the room for them.
#[component]
pub fn OtherModels(session: Session) -> impl IntoView {
    view! {
        <details>
            <summary>"Other models and storage"</summary>
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
            <h4>"From this device"</h4>
            <p class="hint">
                "OpenAI’s .pt files, or a folder with weights (safetensors, .bin) and their \
                 configuration, or a file made by glance pack. It is read here and sent nowhere."
            </p>
            <button type="button" on:click=open(one)>"Choose files"</button>
            <button type="button" on:click=open(folder)>"Choose a folder"</button>
            <input
                id="model-files"
                class="visually-hidden"
                type="file"
                multiple
                tabindex="-1"
                aria-label="Model files"
                node_ref=one
                on:change=picked
            />
            <input
                id="model-folder"
                class="visually-hidden"
                type="file"
                prop:webkitdirectory=true
                tabindex="-1"
                aria-label="Model folder"
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
            <h4><label for="hub-name">"From the Hugging Face Hub"</label></h4>
            <p class="hint" id="hub-hint">
                "Owner and name, such as openai/clip-vit-base-patch32. The hub then sees your \
                 address and which model you fetch, never your pictures or labels."
            </p>
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
                <button type="submit" id="look-up">"Look up"</button>
            </div>
        </form>
    }
}

/// The previewed model's description, and the button that uses it.
#[component]
fn CandidateCard(session: Session) -> impl IntoView {
    let text = move || match session.candidate.get() {
        Candidate::None => String::new(),
        Candidate::Inspecting => "Looking at it…".to_owned(),
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
                "Use this model"
            </button>
        </div>
    }
}

fn described(found: &Description) -> String {
    let license = found.license.as_deref().unwrap_or("not named");
    format!(
        "{}: {} to read, about {} kept and held in memory. Licence: {license}.",
        found.name,
        format::bytes(found.bytes),
        format::bytes(found.pack_bytes)
    )
}

/// A sentence about the remaining quota, and whether it is too small for the model.
fn room(found: &Description) -> Option<(String, bool)> {
    let free = format::bytes(found.free?);
    let tight = found.free? < found.pack_bytes;
    let text = match tight {
        true => format!(
            "The browser says that about {free} more may be stored, so this model would run for \
             this visit only; delete stored models to make room."
        ),
        false => format!("The browser says that about {free} more may be stored."),
    };
    Some((text, tight))
}
