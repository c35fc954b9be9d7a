//! The menu that hands answers, pictures and embeddings to other programs.

use leptos::prelude::*;
use leptos::task::spawn_local;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::browser::folder::picker::{self, Access};
use crate::browser::take_away::{copy, save, save_blob};
use crate::components::deferred::{Part, deferred};
use crate::components::menu::Menu;
use crate::session::{EmbeddingsFormat, Session};
use crate::settings::Mode;
use crate::take_away::results::Results;
use crate::take_away::{archive, folder};
use crate::{format, texts};

/// Spaces of a level in JSON, for people who read it.
const INDENT: u32 = 2;

/// The menu.
#[component]
pub fn TakeAway(session: Session, mode: Memo<Mode>) -> impl IntoView {
    view! { <Menu label=texts::take_away_title()>{deferred(move || items(session, mode))}</Menu> }
}

#[cfg_attr(not(test), wasm_split(take_away, wasm_split_path = leptos::wasm_split, fallible))]
fn items(session: Session, mode: Memo<Mode>) -> Part {
    let as_csv = move |_| {
        let text = session.results().csv();
        tell(session, save("glance.csv", "text/csv", text.as_bytes()), "");
    };
    let as_json = move |_| {
        let saved = json(&session.results())
            .and_then(|text| save("glance.json", "application/json", text.as_bytes()));
        tell(session, saved, "");
    };
    let to_clipboard = move |_| {
        let text = session.results().tsv();
        spawn_local(async move {
            tell(session, copy(&text).await, texts::take_away_copied());
        });
    };
    let as_zip = move |_| spawn_local(zip(session));
    let into_folder = move |_| spawn_local(write(session));
    let sorting = move || mode.get() == Mode::Sort;
    let items = view! {
        <p class="menu-title">{texts::take_away_answers()}</p>
        <button type="button" on:click=as_csv>{texts::take_away_csv()}</button>
        <button type="button" on:click=as_json>{texts::take_away_json()}</button>
        <button type="button" on:click=to_clipboard>{texts::take_away_copy()}</button>
        <Show when=sorting>
            <p class="menu-title">{texts::take_away_pictures()}</p>
            <button type="button" on:click=as_zip>{texts::take_away_zip()}</button>
            {picker::is_offered().then(|| view! {
                <button type="button" on:click=into_folder>{texts::take_away_folder()}</button>
            })}
        </Show>
        <p class="menu-title">{texts::take_away_embeddings()}</p>
        <button
            type="button"
            on:click=move |_| spawn_local(session.save_embeddings(EmbeddingsFormat::Npy))
        >
            {texts::take_away_npy()}
        </button>
        <button
            type="button"
            on:click=move |_| {
                spawn_local(session.save_embeddings(EmbeddingsFormat::Safetensors));
            }
        >
            {texts::take_away_safetensors()}
        </button>
        <button type="button" on:click=move |_| drop(window().print())>{texts::take_away_print()}</button>
    };
    Ok(items.into_any())
}

async fn zip(session: Session) {
    let files = session.sorted_files();
    let proceed = session.start_packing(files.len());
    let packed = archive::pack(files, proceed).await;
    session.packing.set(None);
    match packed {
        Ok(Some(blob)) => {
            tell(
                session,
                save_blob("glance.zip", &blob),
                &session.without_files(),
            );
        }
        Ok(None) => session.say(texts::take_away_zip_stopped().to_owned()),
        Err(_) => session.say(texts::take_away_zip_failed().to_owned()),
    }
}

async fn write(session: Session) {
    let Ok(Some(root)) = picker::choose(Access::Write).await else {
        return;
    };
    let files = session.sorted_files();
    let total = files.len();
    let proceed = session.start_packing(total);
    let written = folder::write(root, files, proceed).await;
    session.packing.set(None);
    session.say(match written {
        Ok(count) if count == total => {
            let left_out = session.without_files();
            format!("{} {left_out}", texts::take_away_written(count))
                .trim_end()
                .to_owned()
        }
        Ok(count) => texts::take_away_stopped(&format::count(count), &format::count(total)),
        Err(_) => texts::take_away_failed().to_owned(),
    });
}

fn json(results: &Results) -> Result<String, JsValue> {
    let value = results.serialize(&Serializer::json_compatible())?;
    let text =
        js_sys::JSON::stringify_with_replacer_and_space(&value, &JsValue::NULL, &INDENT.into())?;
    Ok(text.into())
}

fn tell(session: Session, done: Result<(), JsValue>, success: &str) {
    session.say(match done {
        Ok(()) => success.to_owned(),
        Err(_) => texts::take_away_refused().to_owned(),
    });
}
