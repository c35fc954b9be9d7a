//! Offers the pictures of an earlier visit and the folders that were chosen, which the browser remembers.

use leptos::prelude::*;
use leptos::task::spawn_local;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;

use crate::browser::focus;
use crate::components::deferred::{Part, deferred};
use crate::components::landmarks::{CHOOSE, RESULTS};
use crate::format;
use crate::session::{EarlierPictures, Folder, Session};
use crate::texts;

/// The line with the offer, as soon as there is one, until the person decides.
#[component]
pub fn Remembered(session: Session) -> impl IntoView {
    let (earlier, folders) = (session.earlier, session.folders);
    session.recall_folders();
    let shown = Memo::new(move |_| earlier.with(Option::is_some) || !folders.with(Vec::is_empty));
    let sentence = move || {
        earlier.get().map(|EarlierPictures { count, latest }| {
            texts::add_earlier(count as usize, &format::recent_day(latest))
        })
    };
    // The status exists from the start: screen readers announce what is added to it.
    view! {
        <div class="remembered" class:shown=move || shown.get()>
            <p role="status">{sentence}</p>
            <Show when=move || shown.get()>{deferred(move || offers(session))}</Show>
        </div>
    }
}

#[cfg_attr(not(test), wasm_split(adding, wasm_split_path = leptos::wasm_split, fallible))]
fn offers(session: Session) -> Part {
    let (earlier, folders) = (session.earlier, session.folders);
    let offers = view! {
        <Show when=move || earlier.with(Option::is_some)>
            <button
                type="button"
                on:click=move |_| {
                    session.continue_earlier();
                    focus::first(RESULTS);
                }
            >
                {texts::add_earlier_continue()}
            </button>
            <button
                type="button"
                class="quiet"
                on:click=move |_| {
                    session.forget_earlier();
                    focus::first(CHOOSE);
                }
            >
                {texts::add_earlier_forget()}
            </button>
        </Show>
        <ul role="list" aria-label=texts::add_folders()>
            <For
                each=move || folders.get()
                key=|folder| folder.id
                children=move |folder| folder_line(session, folder)
            />
        </ul>
    };
    Ok(offers.into_any())
}

/// One folder: press it to look for new pictures there, or forget it.
fn folder_line(session: Session, Folder { id, name }: Folder) -> AnyView {
    let forget = texts::add_folder_forget(&name);
    view! {
        <li class="folder">
            <button
                type="button"
                class="folder-look"
                on:click=move |_| spawn_local(session.look_again(id))
            >
                {texts::add_folder_look()} " " <bdi>{name}</bdi>
            </button>
            <button
                type="button"
                class="folder-remove"
                aria-label=forget
                on:click=move |event| {
                    focus::move_to_neighbour(&event, CHOOSE);
                    session.forget_folder(id);
                }
            ></button>
        </li>
    }
    .into_any()
}
