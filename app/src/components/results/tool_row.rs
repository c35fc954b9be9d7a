//! How many pictures are where, and how they are arranged.

use std::sync::Arc;

use glance_protocol::Likeness;
use leptos::html;
use leptos::prelude::*;

use super::take_away::TakeAway;
use crate::arrangement::{self, Counts, Group, Order, Place, Show, View};
use crate::browser::focus;
use crate::components::landmarks::CHOOSE;
use crate::picture::Picture;
use crate::session::Session;
use crate::settings::{Matches, Mode};
use crate::{format, texts};

/// A choice, its value in the document, and what it is called.
type Named<T> = (T, &'static str, fn() -> &'static str);

const GROUPS: [Named<Group>; 4] = [
    (Group::Label, "label", texts::results_by_label),
    (
        Group::Likeness(Likeness::NearlySame),
        "copies",
        texts::results_copies,
    ),
    (
        Group::Likeness(Likeness::Alike),
        "alike",
        texts::results_alike,
    ),
    (Group::None, "none", texts::results_not_grouped),
];
const ORDERS: [Named<Order>; 3] = [
    (Order::Sureness, "sureness", texts::results_by_sureness),
    (Order::Name, "name", texts::results_by_name),
    (Order::Added, "added", texts::results_as_added),
];
const SHOWN: [Named<Show>; 3] = [
    (Show::All, "all", texts::results_show_every),
    (Show::Unsure, "unsure", texts::results_show_unsure),
    (Show::Failed, "failed", texts::results_show_failed),
];
const MATCHES: [Named<Matches>; 3] = [
    (Matches::ByCaption, "caption", texts::results_by_caption),
    (Matches::ByPicture, "picture", texts::results_by_picture),
    (Matches::Table, "table", texts::results_as_table),
];

/// The row above the pictures.
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
    let view = Memo::new(move |_| session.settings.with(|settings| settings.view));
    let counts = Memo::new(move |_| {
        places.with(|places| arrangement::count(places.iter().map(|(_, place)| place)))
    });
    let arrange = move |change: fn(&mut View, usize), at: usize| {
        session.remember(|settings| change(&mut settings.view, at));
        session.group_pictures();
    };
    view! {
        <div class="results-bar">
            <h2 node_ref=heading tabindex="-1">
                {move || texts::results_pictures(count.get())}
            </h2>
            <Show when=move || !cards.get() && mode.get() == Mode::Sort>
                <p class="counts">{move || in_words(counts.get())}</p>
                <div class="arrange" role="group" aria-label=texts::results_arrange()>
                    <Choice
                        name=texts::results_groups()
                        options=&GROUPS
                        chosen=Signal::derive(move || view.get().group)
                        choose=move |at| arrange(|view, at| view.group = GROUPS[at].0, at)
                    />
                    <Choice
                        name=texts::results_order()
                        options=&ORDERS
                        chosen=Signal::derive(move || view.get().order)
                        choose=move |at| arrange(|view, at| view.order = ORDERS[at].0, at)
                    />
                    <Choice
                        name=texts::results_show()
                        options=&SHOWN
                        chosen=Signal::derive(move || view.get().show)
                        choose=move |at| arrange(|view, at| view.show = SHOWN[at].0, at)
                    />
                </div>
            </Show>
            <Show when=move || mode.get() == Mode::Match>
                <div class="arrange" role="group" aria-label=texts::results_arrange()>
                    <Choice
                        name=texts::results_matches()
                        options=&MATCHES
                        chosen=Signal::derive(move || matches.get())
                        choose=move |at: usize| {
                            session.remember(|settings| settings.matches = Some(MATCHES[at].0));
                        }
                    />
                </div>
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

/// A list of choices. `choose` gets the index of the chosen one.
#[component]
fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    name: &'static str,
    options: &'static [Named<T>],
    #[prop(into)] chosen: Signal<T>,
    choose: impl Fn(usize) + 'static,
) -> impl IntoView {
    let choices = options.iter().map(|&(own, value, text)| {
        view! {
            <option value=value prop:selected=move || chosen.get() == own>
                {text()}
            </option>
        }
    });
    view! {
        <select
            class="small"
            aria-label=name
            on:change:target=move |event| {
                let value = event.target().value();
                if let Some(at) = options.iter().position(|(_, own, _)| *own == value) {
                    choose(at);
                }
            }
        >
            {choices.collect_view()}
        </select>
    }
}

fn in_words(counts: Counts) -> String {
    let Counts {
        sorted,
        unsure,
        waiting,
        failed,
    } = counts;
    let parts: [(usize, fn(&str) -> String); 4] = [
        (sorted, texts::results_sorted),
        (unsure, texts::results_unsure),
        (waiting, texts::results_waiting),
        (failed, texts::results_failed),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, text)| text(&format::count(count)))
        .collect();
    parts.join(" · ")
}
