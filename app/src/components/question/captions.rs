//! Captions, and their table with the pictures.

use glance_protocol::TextNote;
use leptos::prelude::*;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;

use crate::components::deferred::Part;
use crate::format;
use crate::session::Session;
use crate::table::Table;
use crate::text_list::{self, MAX_CAPTIONS};
use crate::texts;

/// The captions' editor.
#[component]
pub fn CaptionsInput(session: Session) -> impl IntoView {
    let captions = Memo::new(move |_| session.settings.with(|settings| settings.captions.clone()));
    view! {
        <label class="field-name" for="captions-input">{texts::captions_title()}</label>
        <textarea
            id="captions-input"
            rows="5"
            // Examples that the model can read, in every language.
            placeholder="A cat asleep on a chair\nA rocket on its launch pad"
            prop:value=move || captions.get()
            on:input:target=move |event| {
                let text = event.target().value();
                session.edit_typed(|settings| settings.captions = text);
            }
        ></textarea>
        <p class="hint">
            {move || match text_list::captions(&captions.get()).len() {
                0 => texts::captions_hint().to_owned(),
                MAX_CAPTIONS => texts::captions_full(&format::count(MAX_CAPTIONS)),
                count => texts::captions_count(count),
            }}
        </p>
    }
}

/// Rows that are drawn at first, and with each further step.
const STEP: usize = 100;

/// Cosines of pictures (rows) with captions (columns).
#[cfg_attr(not(test), wasm_split(pictures, wasm_split_path = leptos::wasm_split, fallible))]
pub fn caption_table(session: Session) -> Part {
    let has_captions = Memo::new(move |_| {
        session
            .settings
            .with(|settings| !text_list::captions(&settings.captions).is_empty())
    });
    let drawn = RwSignal::new(STEP);
    let body = move || {
        let table = session.table.get();
        match (has_captions.get(), table.pictures.is_empty()) {
            (false, _) => view! {
                <p class="placeholder">{texts::captions_missing()}</p>
            }
            .into_any(),
            (true, true) => view! {
                <p class="placeholder">{texts::captions_waiting()}</p>
            }
            .into_any(),
            (true, false) => cosines(session, &table, drawn).into_any(),
        }
    };
    Ok(view! { <div class="table-frame">{body}</div> }.into_any())
}

fn cosines(session: Session, table: &Table, drawn: RwSignal<usize>) -> impl IntoView + use<> {
    let names: Vec<(String, String)> = table
        .pictures
        .iter()
        .filter_map(|&id| session.library.get(id))
        .map(|picture| {
            let thumbnail = picture.thumbnail.get_untracked();
            (
                picture.name.clone(),
                thumbnail.unwrap_or_else(|| picture.url.clone()),
            )
        })
        .collect();
    let best_rows: Vec<_> = (0..table.captions.len())
        .map(|column| table.best_of_column(column))
        .collect();
    let head = table.captions.iter().enumerate().map(|(column, caption)| {
        let note = match table.notes.get(column) {
            Some(TextNote::Truncated) => Some(texts::captions_too_long().to_owned()),
            Some(TextNote::Refused(reason)) => Some(reason.clone()),
            Some(TextNote::Whole) | None => None,
        };
        let note = note.map(|note| view! { <small class="note">{note}</small> });
        view! { <th scope="col"><span class="caption" dir="auto">{caption.clone()}</span>{note}</th> }
    });
    let left = names.len().saturating_sub(drawn.get());
    let rows = names.into_iter().take(drawn.get()).enumerate();
    let rows = rows.map(|(row, (name, url))| {
        let best_column = table.best_of_row(row);
        let cells = table.captions.iter().enumerate().map(|(column, caption)| {
            let value = table.cosine(row, column);
            let row_best = best_column == Some(column);
            let column_best = best_rows[column] == Some(row);
            view! {
                <td
                    data-testid="cosine"
                    data-picture=name.clone()
                    data-caption=caption.clone()
                    data-cosine=value.map(|value| value.to_string())
                    data-row-best=row_best.to_string()
                    data-column-best=column_best.to_string()
                >
                    <span class="value">{value.map_or("–".to_owned(), format::cosine)}</span>
                    {row_best.then(|| mark("row", texts::captions_best_caption()))}
                    {column_best.then(|| mark("column", texts::captions_best_picture()))}
                </td>
            }
        });
        let cells = cells.collect_view();
        view! {
            <tr>
                <th scope="row">
                    <img src=url alt="" width="40" height="40" decoding="async" />
                    <span dir="auto">{name}</span>
                </th>
                {cells}
            </tr>
        }
    });
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=texts::captions_table()>
            <table id="caption-table">
                <thead>
                    <tr><th scope="col">{texts::captions_picture()}</th>{head.collect_view()}</tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        {(left > 0).then(|| view! {
            <button
                type="button"
                class="quiet"
                on:click=move |_| drawn.update(|drawn| *drawn += STEP)
            >
                {texts::captions_more(&format::count(left.min(STEP)), &format::count(left))}
            </button>
        })}
        <p class="hint">{texts::captions_table_hint()}</p>
    }
}

/// The arrow comes from the style sheet, so a cell's text is only its number.
fn mark(kind: &'static str, meaning: &'static str) -> impl IntoView {
    view! { <span class=format!("mark {kind}") role="img" aria-label=meaning title=meaning></span> }
}
