//! Adds pictures: drop or paste anywhere, or pick files.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{
    DataTransfer, Event, EventTarget, FileSystemEntry, HtmlInputElement, HtmlTextAreaElement,
};

use crate::browser::drag_and_drop::dragged::SAMPLE;
use crate::browser::drag_and_drop::dropped;
use crate::browser::folder::picker::{self, Access};
use crate::browser::remote_picture;
use crate::components::add::camera::OpenCamera;
use crate::components::add::from_address::{AddressForm, FromAddress};
use crate::components::add::samples::dragged_sample;
use crate::fetched::fetched;
use crate::format;
use crate::samples;
use crate::session::Session;
use crate::texts;

/// The visible zone. Drops are taken on the whole page; the zone only shows where to aim. It makes way
/// for an open `camera`.
#[component]
pub fn DropZone(session: Session, empty: Memo<bool>, camera: RwSignal<bool>) -> impl IntoView {
    let hovering = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let folder = NodeRef::<html::Input>::new();
    let form = AddressForm::new();
    // The form hangs below the zone, which an open camera hides.
    let offer = move |addresses: String| match camera.get_untracked() {
        true => session.say(texts::add_stop_camera().to_owned()),
        false => form.offer(addresses),
    };

    let over = window_event_listener(ev::dragover, move |event| {
        let Some(transfer) = event.data_transfer() else {
            return;
        };
        if carries_files(&transfer) || SAMPLE.is_in(&transfer) {
            hovering.set(true);
        } else if is_text_field(event.target()) {
            return;
        }
        // Otherwise the browser would navigate to what is dropped.
        event.prevent_default();
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        // Moving to another element does not leave the window.
        if event.related_target().is_none() {
            hovering.set(false);
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        hovering.set(false);
        let Some(transfer) = event.data_transfer() else {
            return;
        };
        let entries = dropped::entries(&transfer);
        let list = transfer.files().filter(|list| list.length() > 0);
        if let Some(sample) = dragged_sample(&transfer) {
            spawn_local(async move {
                samples::add(session, sample).await;
            });
        } else if entries.iter().any(FileSystemEntry::is_directory) {
            spawn_local(async move {
                let Ok(found) = fetched(dropped::files_of(entries)).await else {
                    return session.say(texts::part_failed().to_owned());
                };
                let (files, all) = found.await;
                if !all {
                    session.say(texts::add_folder_large(&format::count(
                        dropped::MAX_ENTRIES,
                    )));
                } else if files.is_empty() {
                    session.say(texts::add_folder_dropped_empty().to_owned());
                }
                session.add_files(files);
            });
        } else if let Some(list) = list {
            session.add_files(dropped::files(&list));
        } else if is_text_field(event.target()) {
            return;
        } else if let Some(addresses) = dropped::addresses(&transfer) {
            offer(addresses);
        }
        event.prevent_default();
    });
    let pasted = window_event_listener(ev::paste, move |event| {
        let Some(transfer) = event.clipboard_data() else {
            return;
        };
        // A spreadsheet cell is pasted both as text and as a picture.
        let text = transfer.get_data("text").unwrap_or_default();
        if is_text_field(event.target()) && !text.is_empty() {
            return;
        }
        if let Some(list) = transfer.files().filter(|list| list.length() > 0) {
            event.prevent_default();
            session.add_files(dropped::files(&list));
        } else if !is_text_field(event.target()) && remote_picture::are_addresses(&text) {
            event.prevent_default();
            offer(text);
        }
    });
    on_cleanup(move || {
        over.remove();
        leave.remove();
        dropped.remove();
        pasted.remove();
    });

    let picked = move |event: Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into().ok()) else {
            return;
        };
        let input: HtmlInputElement = input;
        if let Some(list) = input.files() {
            // Of a folder, only its pictures: nobody chose the other files.
            let whole_folder = input.has_attribute("webkitdirectory");
            let mut files = dropped::files(&list);
            if whole_folder {
                files.retain(dropped::is_picture);
            }
            if whole_folder && files.is_empty() {
                session.say(texts::add_folder_chosen_empty().to_owned());
            }
            session.add_files(files);
        }
        // Allows the same file to be picked again.
        input.set_value("");
    };
    let browse = move |input: NodeRef<html::Input>| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let choose_folder = move |_| match picker::is_offered() {
        true => spawn_local(async move {
            match picker::choose(Access::Read).await {
                Ok(Some(chosen)) => session.add_folder(chosen).await,
                Ok(None) => {}
                Err(_) => browse(folder),
            }
        }),
        false => browse(folder),
    };
    let choose = move || match empty.get() {
        true => texts::add_choose(),
        false => texts::add_more(),
    };
    view! {
        <div
            id="drop-zone"
            class="drop-zone"
            class:hovering=move || hovering.get()
            hidden=move || camera.get()
        >
            <p class="drop-zone-title">
                {move || if hovering.get() { texts::add_let_go() } else { texts::add_title() }}
            </p>
            <p class="drop-zone-hint">{texts::add_hint()}</p>
            <button
                type="button"
                id="choose-pictures"
                class="primary"
                on:click=move |_| browse(input)
            >
                {choose}
            </button>
            <button type="button" id="choose-folder" on:click=choose_folder>
                {texts::add_folder()}
            </button>
            <OpenCamera open=camera />
            <FromAddress session form />
            <p class="drop-zone-promise">{texts::add_promise()}</p>
            <input
                id="file-input"
                class="visually-hidden"
                type="file"
                accept="image/*"
                multiple
                tabindex="-1"
                aria-label=texts::add_files_input()
                node_ref=input
                on:change=picked
            />
            <input
                id="folder-input"
                class="visually-hidden"
                type="file"
                prop:webkitdirectory=true
                tabindex="-1"
                aria-label=texts::add_folder_input()
                node_ref=folder
                on:change=picked
            />
        </div>
    }
}

fn carries_files(transfer: &DataTransfer) -> bool {
    transfer.types().includes(&"Files".into(), 0)
}

/// Whether text can be typed there.
fn is_text_field(target: Option<EventTarget>) -> bool {
    let Some(target) = target else { return false };
    let input = target.dyn_ref::<HtmlInputElement>();
    input.is_some_and(|input| matches!(&*input.type_(), "text" | "search"))
        || target.is_instance_of::<HtmlTextAreaElement>()
}
