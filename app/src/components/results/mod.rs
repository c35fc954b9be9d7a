//! The pictures with their answers.
//!
//! ```text
//! tool_row    the row above the pictures;  take_away  hands the answers to other programs
//! arranging   counts, groups, order and filters
//! card        one picture with its whole ranking, while there are few
//! panel       one picture, large;  heat_map/  where in it a label is seen
//! selection   what can be done with selected pictures
//! ```

mod arranging;
mod card;
mod heat_map;
mod panel;
mod selection;
mod take_away;
mod tool_row;

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

use crate::arrangement;
use crate::components::arranged::Arranged;
use crate::components::deferred::deferred;
use crate::components::grid::grid;
use crate::components::question::captions::caption_table;
use crate::picture::Picture;
use crate::session::Session;
use crate::settings::{Matches, Mode};
use crate::texts;
use panel::Panel;
use selection::Selection;
use tool_row::ToolRow;

/// Up to so many pictures are shown as cards, with their whole rankings.
const CARDS: usize = 12;
/// A narrower page begins with captions, because a table would not fit.
const TABLE_WIDTH: f64 = 760.0;

/// All results. `heading` counts them, and gets the focus when a button above it goes away.
#[component]
pub fn Results(session: Session, mode: Memo<Mode>, heading: NodeRef<html::H2>) -> impl IntoView {
    let count = Memo::new(move |_| session.library.pictures.with(Vec::len));
    let fits = StoredValue::new(matches_that_fit());
    let matches = Memo::new(move |_| {
        let chosen = session.settings.with(|settings| settings.matches);
        chosen.unwrap_or(fits.get_value())
    });
    let table = move || mode.get() == Mode::Match && matches.get() == Matches::Table;
    let cards = Memo::new(move |_| count.get() <= CARDS && (mode.get() == Mode::Sort || table()));
    let places = Memo::new(move |_| {
        session.library.changed.track();
        let place = |picture: &Arc<Picture>| (picture.clone(), arrangement::place(picture));
        session
            .library
            .pictures
            .with(|pictures| pictures.iter().map(place).collect::<Vec<_>>())
    });
    let arranged = Arranged {
        session,
        mode,
        matches,
        places,
    };
    view! {
        <section id="pictures" class="results" aria-label=texts::results_title()>
            <Show when=move || count.get() != 0>
                <ToolRow session mode matches count places heading cards />
            </Show>
            <Show when=table>
                {deferred(move || caption_table(session))}
            </Show>
            <Show when=move || cards.get()>
                <ul class="cards" data-mode=move || if table() { "captions" } else { "labels" }>
                    <For
                        each=move || session.library.pictures.get()
                        key=|picture| picture.id
                        children=move |picture| view! { <card::Card session picture mode /> }
                    />
                </ul>
            </Show>
            <Show when=move || !cards.get() && !table()>
                {deferred(move || grid(arranged))}
            </Show>
            <Selection session />
            <Panel arranged />
        </section>
    }
}

fn matches_that_fit() -> Matches {
    let width = window().inner_width().ok().and_then(|width| width.as_f64());
    match width.is_some_and(|width| width < TABLE_WIDTH) {
        true => Matches::ByCaption,
        false => Matches::Table,
    }
}
