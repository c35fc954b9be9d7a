//! Labels from a file, and as a file.

use js_sys::{ArrayBuffer, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use super::menu::Menu;
use crate::browser::drag_and_drop::dropped::files;
use crate::browser::take_away::save;
use crate::label_sets::file::{self, FileError};
use crate::texts;

/// Import and export.
#[component]
pub fn Files(menu: Menu) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let session = menu.session;
    let import = move |_| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        let chosen: Vec<File> = input.files().map(|list| files(&list)).unwrap_or_default();
        // So that the same file can be chosen again.
        input.set_value("");
        let Some(chosen) = chosen.into_iter().next() else {
            return;
        };
        spawn_local(async move {
            match labels(&chosen).await {
                Ok(labels) => menu.take(&labels, None),
                Err(error) => session.say(error.to_string()),
            }
        });
    };
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let export = move |_| {
        let text = session
            .settings
            .with_untracked(|settings| file::text(&settings.labels));
        if text.is_empty() {
            session.say(texts::sets_nothing_to_export().to_owned());
        } else if save("labels.txt", "text/plain", text.as_bytes()).is_err() {
            session.say(texts::sets_not_saved().to_owned());
        }
    };
    view! {
        <p class="sets-title">{texts::sets_files()}</p>
        <div class="set-files">
            <button type="button" class="tool" on:click=choose>{texts::sets_import()}</button>
            <button type="button" id="export-labels" class="tool" on:click=export>
                {texts::sets_export()}
            </button>
            <input
                id="label-file"
                class="visually-hidden"
                type="file"
                accept=file::ACCEPT
                tabindex="-1"
                aria-label=texts::sets_file()
                node_ref=input
                on:change=import
            />
        </div>
        <p class="hint">{texts::sets_files_hint()}</p>
    }
}

async fn labels(file: &File) -> Result<Vec<String>, FileError> {
    if file.size() > file::MAX_BYTES {
        return Err(FileError::Large(file.size()));
    }
    let buffer = JsFuture::from(file.array_buffer()).await;
    let buffer: ArrayBuffer = buffer
        .ok()
        .and_then(|buffer| buffer.dyn_into().ok())
        .ok_or(FileError::Unreadable)?;
    file::labels(&Uint8Array::new(&buffer).to_vec())
}
