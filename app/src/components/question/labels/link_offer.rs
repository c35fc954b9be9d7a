//! Labels that a link brings: taken at once if nothing is lost by it, or else offered.

use leptos::ev;
use leptos::prelude::*;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;

use super::chip_keys::INPUT;
use super::replace::{in_use, replace};
use crate::browser::{focus, fragment};
use crate::components::deferred::{Part, deferred};
use crate::format;
use crate::label_sets::link::{self, LinkedQuestion};
use crate::session::Session;
use crate::settings::Mode;
use crate::text_list::{MAX_LABELS, beginning};
use crate::texts;

/// Labels of the offer that are named, and characters of each.
const NAMED: usize = 3;
const SHOWN: usize = 200;

/// Waits for a link: the one that opened the page, or one that is followed later.
#[component]
pub fn LinkOffer(session: Session) -> impl IntoView {
    let linked = RwSignal::new(fragment::read().contains('?'));
    let listener = window_event_listener(ev::hashchange, move |_| {
        if fragment::read().contains('?') {
            linked.set(true);
        }
    });
    on_cleanup(move || listener.remove());
    view! { <Show when=move || linked.get()>{deferred(move || offer(session))}</Show> }
}

/// Reads the link that is there, and those that are followed later.
#[cfg_attr(not(test), wasm_split(label_sets, wasm_split_path = leptos::wasm_split, fallible))]
fn offer(session: Session) -> Part {
    let offered = RwSignal::new(None::<LinkedQuestion>);
    let take = move |question: LinkedQuestion| {
        replace(session, |settings| question.apply(settings));
        fragment::replace(link::TAB);
        session.say(in_use(session, question.left_out));
    };
    let read = move || {
        let Some(question) = link::decode(&fragment::read()) else {
            return;
        };
        let settings = session.settings;
        if settings.with_untracked(|settings| question.replaces_nothing(settings)) {
            return take(question);
        }
        if settings.with_untracked(|settings| settings.mode != Mode::Sort) {
            session.edit(|settings| settings.mode = Mode::Sort);
        }
        offered.set(Some(question));
    };
    // After the region for it is there, so that it is announced.
    request_animation_frame(read);
    let listener = window_event_listener(ev::hashchange, move |_| read());
    on_cleanup(move || listener.remove());
    let accept = move |_| {
        if let Some(question) = offered.try_update(Option::take).flatten() {
            take(question);
            focus::first(INPUT);
        }
    };
    let refuse = move |_| {
        offered.set(None);
        fragment::replace(link::TAB);
        focus::first(INPUT);
    };
    let offer = view! {
        <div class="link-offer" class:shown=move || offered.with(Option::is_some)>
            <p role="status" dir="auto" data-testid="link-offer">
                {move || offered.with(|offered| offered.as_ref().map(sentence))}
            </p>
            <Show when=move || offered.with(Option::is_some)>
                <button type="button" id="use-linked" class="primary" on:click=accept>
                    {texts::labels_linked_use()}
                </button>
                <button type="button" id="keep-mine" on:click=refuse>
                    {texts::labels_linked_refuse()}
                </button>
            </Show>
        </div>
    };
    Ok(offer.into_any())
}

/// What the link brings.
fn sentence(question: &LinkedQuestion) -> String {
    let count = question.labels.len();
    let named = question.labels.iter().take(NAMED);
    let named: Vec<String> = named.map(|label| beginning(label, SHOWN)).collect();
    let end = if count > NAMED { ", …" } else { "." };
    let sentence = texts::labels_linked(count, &format!("{}{end}", named.join(", ")));
    match question.left_out {
        true => format!(
            "{sentence} {}",
            texts::labels_linked_cut(&format::count(MAX_LABELS))
        ),
        false => sentence,
    }
}
