//! The row above the pictures.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

use super::arranging::{matching, sorting};
use super::take_away::TakeAway;
use crate::arrangement::Place;
use crate::browser::focus;
use crate::components::deferred::deferred;
use crate::components::landmarks::CHOOSE;
use crate::picture::Picture;
use crate::session::Session;
use crate::settings::{Matches, Mode};
use crate::texts;

/// The row: the count of pictures, how they are arranged, and what can be done with all of them.
#[component]
pub fn ToolRow(
    session: Session,
    mode: Memo<Mode>,
    matches: Memo<Matches>,
    count: Memo<usize>,
    places: Memo<Vec<(Arc<Picture>, Place)>>,
    heading: NodeRef<html::H2>,
    cards: Memo<bool>,
) -> impl IntoView {
    view! {
        <div class="results-bar">
            <h2 node_ref=heading tabindex="-1">
                {move || texts::results_pictures(count.get())}
            </h2>
            <Show when=move || !cards.get() && mode.get() == Mode::Sort>
                {deferred(move || sorting(session, places))}
            </Show>
            <Show when=move || mode.get() == Mode::Match>
                {deferred(move || matching(session, matches))}
            </Show>
            <TakeAway session mode />
            <button
                type="button"
                class="quiet"
                on:click=move |_| {
                    focus::first(CHOOSE);
                    session.remove_all();
                }
            >
                {texts::results_remove_all()}
            </button>
        </div>
    }
}
