//! One picture as a tile: its thumbnail, and one line of its answer.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::ev::{DragEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;

use super::board::Board;
use crate::arrangement::Heading;
use crate::browser::drag_and_drop::dragged::drag;
use crate::picture::{CLOSE, Phase, Picture, Ranking};
use crate::settings::{Matches, Mode};
use crate::{format, texts};

/// The line below a picture.
#[derive(Clone, Debug, Default, PartialEq)]
struct Line {
    text: String,
    number: String,
    /// Length of the bar, 0 to 1.
    share: f32,
    /// Whether it answers the present question.
    current: bool,
}

/// A tile. `position` counts from 1.
#[component]
pub fn Tile(
    board: Board,
    picture: Arc<Picture>,
    heading: Heading,
    position: Signal<usize>,
    count: Signal<usize>,
) -> impl IntoView {
    let session = board.session;
    let id = picture.id;
    let phase = picture.phase.clone();
    let thumbnail = picture.thumbnail.clone();
    let moved = picture.moved.clone();
    let name = picture.name.clone();
    let line = {
        let heading = heading.clone();
        Memo::new(move |_| line(board, &picture, &heading))
    };
    let failed = {
        let phase = phase.clone();
        Memo::new(move |_| phase.with(|phase| matches!(phase, Phase::Failed { .. })))
    };
    let state = move || match phase.get() {
        Phase::Waiting => "waiting",
        Phase::Running => "running",
        Phase::Failed { .. } => "error",
        Phase::Encoded if line.with(|line| line.current) => "done",
        Phase::Encoded => "running",
    };
    let selected = Memo::new(move |_| session.library.selected.with(|all| all.contains(&id)));
    let key = StoredValue::new((heading, id));
    let button = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        let wanted = board
            .focus
            .with(|focus| key.with_value(|key| focus.as_ref() == Some(key)));
        if let (true, Some(button)) = (wanted, button.get()) {
            board.focus.set(None);
            // If this fails, the browser chooses where the focus goes.
            let _ = button.focus();
        }
    });
    let spoken = {
        let name = name.clone();
        move || {
            let Line { text, number, .. } = line.get();
            let answer = format!("{text} {number}");
            match answer.trim() {
                "" => name.clone(),
                answer => format!("{name}, {answer}"),
            }
        }
    };
    let tab_stop = move || {
        let here = board
            .tab_stop
            .with(|stop| key.with_value(|key| stop.as_ref() == Some(key)));
        if here { "0" } else { "-1" }
    };
    let open = move |event: MouseEvent| {
        board.current.set(Some(key.get_value()));
        match event.ctrl_key() || event.meta_key() || event.shift_key() {
            true => board.select(id, event.shift_key()),
            false => session.library.open.set(Some(id)),
        }
    };
    let on_drag = move |event: DragEvent| {
        let selected = session.library.selected.get_untracked();
        match selected.contains(&id) {
            true => drag(&event, &selected),
            false => drag(&event, &BTreeSet::from([id])),
        }
    };
    let select_name = texts::grid_select(&name);
    view! {
        <li
            class="tile"
            draggable="true"
            on:dragstart=on_drag
            data-testid="picture-card"
            data-state=state
            class:selected=move || selected.get()
            class:moved=move || moved.with(Option::is_some)
            aria-setsize=move || count.get().to_string()
            aria-posinset=move || position.get().to_string()
        >
            <button
                type="button"
                class="tile-open"
                node_ref=button
                tabindex=tab_stop
                aria-label=spoken
                title=name
                on:click=open
                on:focus=move |_| board.current.set(Some(key.get_value()))
            >
                <span class="tile-picture">
                    {move || match (failed.get(), thumbnail.get()) {
                        (true, _) => {
                            view! { <span class="tile-failed" aria-hidden="true">"!"</span> }
                                .into_any()
                        }
                        (false, Some(url)) => {
                            view! { <img src=url alt="" decoding="async" draggable="false" /> }
                                .into_any()
                        }
                        (false, None) => ().into_any(),
                    }}
                </span>
                <span class="tile-line">
                    <span class="tile-text" dir="auto">{move || line.get().text}</span>
                    " "
                    <span class="tile-number">{move || line.get().number}</span>
                </span>
                <span class="bar" aria-hidden="true">
                    <span style:width=move || format!("{:.1}%", 100.0 * line.get().share)></span>
                </span>
            </button>
            <input
                type="checkbox"
                class="tile-select"
                tabindex="-1"
                aria-label=select_name
                prop:checked=move || selected.get()
                on:click=move |event: MouseEvent| {
                    board.current.set(Some(key.get_value()));
                    board.select(id, event.shift_key());
                }
            />
        </li>
    }
}

fn line(board: Board, picture: &Picture, heading: &Heading) -> Line {
    let session = board.session;
    match picture.phase.get() {
        Phase::Failed { retry, .. } => {
            // A picture of an earlier visit was read then, but not by this model.
            let unknown = !retry && picture.content.with(Option::is_some);
            return Line {
                text: match unknown {
                    true => texts::grid_add_again().to_owned(),
                    false => texts::grid_failed().to_owned(),
                },
                current: true,
                ..Line::default()
            };
        }
        Phase::Waiting | Phase::Running => return Line::default(),
        Phase::Encoded => {}
    }
    match board.mode.get() {
        Mode::Sort => sorted(picture, session.revision.get()),
        Mode::Search => session.found.with(|found| {
            let current = found.revision == session.revision.get();
            let cosine = found.cosines.get(&picture.id);
            cosine.map_or_else(Line::default, |cosine| {
                near(String::new(), *cosine, current)
            })
        }),
        Mode::Match => session.table.with(|table| {
            let row = table.pictures.iter().position(|id| *id == picture.id);
            let column = row.and_then(|row| match (board.matches.get(), heading) {
                (Matches::ByCaption, Heading::Text(caption)) => {
                    table.captions.iter().position(|own| own == caption)
                }
                _ => table.best_of_row(row),
            });
            let cosine = row
                .zip(column)
                .and_then(|(row, column)| table.cosine(row, column));
            let Some((cosine, column)) = cosine.zip(column) else {
                return Line::default();
            };
            let text = match board.matches.get() {
                Matches::ByPicture => table.captions[column].clone(),
                Matches::ByCaption | Matches::Table => String::new(),
            };
            near(text, cosine, true)
        }),
    }
}

/// The best label and its share, of the latest answer.
fn sorted(picture: &Picture, revision: u32) -> Line {
    if let Some(label) = picture.moved.get() {
        return Line {
            text: label,
            number: texts::grid_by_you().to_owned(),
            share: 1.0,
            current: true,
        };
    }
    picture.ranking.with(|ranking| {
        let current = ranking.as_ref().is_some_and(|r| r.revision() == revision);
        let Some((best, lead)) = ranking.as_ref().and_then(Ranking::best) else {
            return Line {
                current,
                ..Line::default()
            };
        };
        Line {
            text: match lead < CLOSE {
                true => format!("{}?", best.label),
                false => best.label,
            },
            number: format::whole_percent(best.probability),
            share: best.probability,
            current,
        }
    })
}

fn near(text: String, cosine: f32, current: bool) -> Line {
    Line {
        text,
        number: format::cosine(cosine),
        share: cosine.clamp(0.0, 1.0),
        current,
    }
}
