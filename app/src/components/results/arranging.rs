//! How the pictures are arranged, and how many are where.

use std::sync::Arc;

use glance_protocol::Likeness;
use leptos::prelude::*;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;

use crate::arrangement::{self, Counts, Group, Order, Place, Show, View};
use crate::components::deferred::Part;
use crate::picture::Picture;
use crate::session::Session;
use crate::settings::Matches;
use crate::{format, texts};

/// A choice and what it is: its value in the document, and its name.
type Named<T> = (T, Item);
type Item = (&'static str, fn() -> &'static str);

const GROUPS: [Named<Group>; 4] = [
    (Group::Label, ("label", texts::results_by_label)),
    (
        Group::Likeness(Likeness::NearlySame),
        ("copies", texts::results_copies),
    ),
    (
        Group::Likeness(Likeness::Alike),
        ("alike", texts::results_alike),
    ),
    (Group::None, ("none", texts::results_not_grouped)),
];
const ORDERS: [Named<Order>; 3] = [
    (Order::Sureness, ("sureness", texts::results_by_sureness)),
    (Order::Name, ("name", texts::results_by_name)),
    (Order::Added, ("added", texts::results_as_added)),
];
const SHOWN: [Named<Show>; 3] = [
    (Show::All, ("all", texts::results_show_every)),
    (Show::Unsure, ("unsure", texts::results_show_unsure)),
    (Show::Failed, ("failed", texts::results_show_failed)),
];
const MATCHES: [Named<Matches>; 3] = [
    (Matches::ByCaption, ("caption", texts::results_by_caption)),
    (Matches::ByPicture, ("picture", texts::results_by_picture)),
    (Matches::Table, ("table", texts::results_as_table)),
];

/// Counts, groups, order and filter of sorted pictures.
#[cfg_attr(not(test), wasm_split(pictures, wasm_split_path = leptos::wasm_split, fallible))]
pub fn sorting(session: Session, places: Memo<Vec<(Arc<Picture>, Place)>>) -> Part {
    let view = Memo::new(move |_| session.settings.with(|settings| settings.view));
    let counts = Memo::new(move |_| {
        places.with(|places| arrangement::count(places.iter().map(|(_, place)| place)))
    });
    let arrange = move |change: &dyn Fn(&mut View)| {
        session.remember(|settings| change(&mut settings.view));
        session.group_pictures();
    };
    let groups = choice(
        texts::results_groups(),
        &GROUPS,
        move || view.get().group,
        move |group| arrange(&|view| view.group = group),
    );
    let order = choice(
        texts::results_order(),
        &ORDERS,
        move || view.get().order,
        move |order| arrange(&|view| view.order = order),
    );
    let show = choice(
        texts::results_show(),
        &SHOWN,
        move || view.get().show,
        move |show| arrange(&|view| view.show = show),
    );
    let sorting = view! {
        <p class="counts">{move || in_words(counts.get())}</p>
        <div class="arrange" role="group" aria-label=texts::results_arrange()>
            {groups} {order} {show}
        </div>
    };
    Ok(sorting.into_any())
}

/// The view of captions and pictures.
#[cfg_attr(not(test), wasm_split(pictures, wasm_split_path = leptos::wasm_split, fallible))]
pub fn matching(session: Session, matches: Memo<Matches>) -> Part {
    let views = choice(
        texts::results_matches(),
        &MATCHES,
        move || matches.get(),
        move |matches| session.remember(|settings| settings.matches = Some(matches)),
    );
    let matching = view! {
        <div class="arrange" role="group" aria-label=texts::results_arrange()>{views}</div>
    };
    Ok(matching.into_any())
}

/// A list of choices: the chosen one by its index, and what to do when the person takes another.
fn choice<T: Copy + PartialEq + Send + Sync>(
    name: &'static str,
    options: &'static [Named<T>],
    chosen: impl Fn() -> T + Send + Sync + 'static,
    choose: impl Fn(T) + 'static,
) -> AnyView {
    let at = Signal::derive(move || {
        let chosen = chosen();
        options.iter().position(|(own, _)| *own == chosen)
    });
    let items = options.iter().map(|(_, item)| *item).collect();
    let take = move |at: usize| {
        if let Some((own, _)) = options.get(at) {
            choose(*own);
        }
    };
    select(name, items, at, Box::new(take))
}

fn select(
    name: &'static str,
    items: Vec<Item>,
    chosen: Signal<Option<usize>>,
    choose: Box<dyn Fn(usize)>,
) -> AnyView {
    let choices = items.iter().enumerate().map(|(at, (value, text))| {
        view! {
            <option value=*value prop:selected=move || chosen.get() == Some(at)>{text()}</option>
        }
    });
    let choices = choices.collect_view();
    view! {
        <select
            class="small"
            aria-label=name
            on:change:target=move |event| {
                let value = event.target().value();
                if let Some(at) = items.iter().position(|(own, _)| *own == value) {
                    choose(at);
                }
            }
        >
            {choices}
        </select>
    }
    .into_any()
}

fn in_words(counts: Counts) -> String {
    let Counts {
        sorted,
        unsure,
        waiting,
        failed,
    } = counts;
    let some = |count, text: fn(&str) -> String| (count > 0).then(|| text(&format::count(count)));
    let parts = [
        some(sorted, texts::results_sorted),
        some(unsure, texts::results_unsure),
        some(waiting, texts::results_waiting),
        some(failed, texts::results_failed),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
