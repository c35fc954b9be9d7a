//! Buttons that hand the answers to other programs.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::browser::take_away::{copy, save};
use crate::results::Results;
use crate::session::Session;

/// Spaces of a level in JSON, for people who read it.
const INDENT: u32 = 2;

#[component]
pub fn TakeAway(session: Session) -> impl IntoView {
    let as_csv = move |_| {
        let text = session.results().csv();
        tell(session, save("glance.csv", "text/csv", &text), "");
    };
    let as_json = move |_| {
        let saved = json(&session.results())
            .and_then(|text| save("glance.json", "application/json", &text));
        tell(session, saved, "");
    };
    let to_clipboard = move |_| {
        let text = session.results().tsv();
        spawn_local(async move {
            tell(
                session,
                copy(&text).await,
                "Copied. Paste it into a spreadsheet.",
            );
        });
    };
    view! {
        <div class="take-away" role="group" aria-label="Take the results away">
            <button type="button" class="quiet" on:click=as_csv>"Save CSV"</button>
            <button type="button" class="quiet" on:click=as_json>"Save JSON"</button>
            <button type="button" class="quiet" on:click=to_clipboard>"Copy"</button>
        </div>
    }
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
        Err(_) => "The browser did not allow it; try another of the three ways.".to_owned(),
    });
}
