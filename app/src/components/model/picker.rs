//! The model in use, and ways to use another one.

use glance_protocol::Description;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, File, HtmlInputElement, SubmitEvent};

use crate::browser::dropped::files;
use crate::components::model::device::{Device, where_it_runs};
use crate::components::model::stored::StoredModels;
use crate::format;
use crate::model_list::{HubModel, hub_models};
use crate::session::{Candidate, ModelState, Session};
use crate::settings::ChosenModel;

/// The text of a button that uses a model.
const USE: &str = "Use";

/// The section about the model.
#[component]
pub fn ModelPicker(session: Session) -> impl IntoView {
    let demo = Memo::new(move |_| {
        session
            .settings
            .with(|settings| settings.model == ChosenModel::Demo)
    });
    view! {
        <section id="models" class="models" aria-labelledby="models-title">
            <h2 id="models-title">"Models"</h2>
            <div class="model-in-use">
                <p id="model-in-use">{move || in_use(&session.model.get())}</p>
                <button
                    type="button"
                    id="use-demo"
                    hidden=move || demo.get()
                    on:click=move |_| session.use_demo()
                >
                    "Go back to Glance's own model"
                </button>
                <Device session />
            </div>
            <HubModels session />
            <details>
                <summary>"Use another CLIP model"</summary>
                <div class="model-sources">
                    <FileSource session />
                    <HubSource session />
                </div>
                <CandidateCard session />
            </details>
            <StoredModels session />
        </section>
    }
}

/// Some models of the hub, one click each.
#[component]
fn HubModels(session: Session) -> impl IntoView {
    view! {
        <h3>"Larger models, one click each"</h3>
        <p class="hint" id="hub-models-hint">
            "A click fetches the model from the Hugging Face Hub; pictures and labels stay here. The \
             hub then sees your address and which model you fetch, never your pictures or labels. \
             ImageNet: how many of 100 photographs it names correctly, out of 1000 classes, as its \
             authors report."
        </p>
        <ul class="hub-models" role="list">
            {hub_models()
                .into_iter()
                .map(|model| view! { <HubModelCard session model /> })
                .collect_view()}
        </ul>
    }
}

#[component]
fn HubModelCard(session: Session, model: HubModel) -> impl IntoView {
    let facts = facts(&model);
    let HubModel {
        name,
        repository,
        good_at,
        ..
    } = model;
    let own = ChosenModel::Hub(repository.clone());
    let chosen = Memo::new(move |_| session.settings.with(|settings| settings.model == own));
    let action = Memo::new(move |_| match (chosen.get(), session.model.get()) {
        (true, ModelState::Ready(_)) => "In use",
        (true, ModelState::Loading(_)) => "Loading…",
        _ => USE,
    });
    let label = {
        let name = name.clone();
        move || format!("{} {name}", action.get())
    };
    let title = repository.clone();
    view! {
        <li class="hub-model" class:in-use=move || chosen.get()>
            <h4>{name}</h4>
            <p>{good_at}</p>
            <p class="hint">{facts}</p>
            <p class="hint repository">{title}</p>
            <button
                type="button"
                aria-label=label
                aria-disabled=move || (action.get() != USE).to_string()
                on:click=move |_| {
                    if action.get_untracked() == USE {
                        session.use_repository(&repository);
                    }
                }
            >
                {move || action.get()}
            </button>
        </li>
    }
}

fn facts(model: &HubModel) -> String {
    let megabytes = |bytes: f64| format!("{:.0} MB", bytes / 1e6);
    format!(
        "About {} to download, {} kept · {} · ImageNet {:.1} %",
        megabytes(model.download),
        megabytes(model.stored),
        model.license,
        model.imagenet
    )
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
            <h3>"From this device"</h3>
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
            <h3><label for="hub-name">"From the Hugging Face Hub"</label></h3>
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
                on:click=move |_| session.use_candidate()
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

fn in_use(model: &ModelState) -> String {
    let ModelState::Ready(info) = model else {
        return "The model is not ready yet.".to_owned();
    };
    let license = info.license.as_deref().unwrap_or("licence unknown");
    format!(
        "Model: {}, {}, {license}. {}",
        info.name,
        format::bytes(info.bytes),
        where_it_runs(info.device, info.reason)
    )
}
