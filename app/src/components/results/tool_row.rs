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

const GROUPS: [(Group, &str, &str); 4] = [
    (Group::Label, "label", "Grouped by label"),
    (
        Group::Likeness(Likeness::NearlySame),
        "copies",
        "Nearly the same",
    ),
    (Group::Likeness(Likeness::Alike), "alike", "Alike"),
    (Group::None, "none", "Not grouped"),
];
const ORDERS: [(Order, &str, &str); 3] = [
    (Order::Sureness, "sureness", "Surest first"),
    (Order::Name, "name", "By name"),
    (Order::Added, "added", "As added"),
];
const SHOWN: [(Show, &str, &str); 3] = [
    (Show::All, "all", "All"),
    (Show::Unsure, "unsure", "Unsure ones"),
    (Show::Failed, "failed", "Failed ones"),
];
const MATCHES: [(Matches, &str, &str); 3] = [
    (Matches::ByCaption, "caption", "By caption"),
    (Matches::ByPicture, "picture", "By picture"),
    (Matches::Table, "table", "As a table"),
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
                {move || match count.get() {
                    1 => "1 picture".to_owned(),
                    count => format!("{count} pictures"),
                }}
            </h2>
            <Show when=move || !cards.get() && mode.get() == Mode::Sort>
                <p class="counts">{move || in_words(counts.get())}</p>
                <div class="arrange" role="group" aria-label="Arrange the pictures">
                    <Choice
                        name="Groups"
                        options=&GROUPS
                        chosen=Signal::derive(move || view.get().group)
                        choose=move |at| arrange(|view, at| view.group = GROUPS[at].0, at)
                    />
                    <Choice
                        name="Order"
                        options=&ORDERS
                        chosen=Signal::derive(move || view.get().order)
                        choose=move |at| arrange(|view, at| view.order = ORDERS[at].0, at)
                    />
                    <Choice
                        name="Show"
                        options=&SHOWN
                        chosen=Signal::derive(move || view.get().show)
                        choose=move |at| arrange(|view, at| view.show = SHOWN[at].0, at)
                    />
                </div>
            </Show>
            <Show when=move || mode.get() == Mode::Match>
                <div class="arrange" role="group" aria-label="Arrange the pictures">
                    <Choice
                        name="Captions and pictures"
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
                "Remove all"
            </button>
        </div>
    }
}

/// A list of choices. `choose` gets the index of the chosen one.
#[component]
fn Choice<T: Copy + PartialEq + Send + Sync + 'static>(
    name: &'static str,
    options: &'static [(T, &'static str, &'static str)],
    #[prop(into)] chosen: Signal<T>,
    choose: impl Fn(usize) + 'static,
) -> impl IntoView {
    let choices = options.iter().map(|&(own, value, text)| {
        view! {
            <option value=value prop:selected=move || chosen.get() == own>
                {text}
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
    let parts = [
        (sorted, "sorted"),
        (unsure, "unsure"),
        (waiting, "waiting"),
        (failed, "failed"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    parts.join(" · ")
}
