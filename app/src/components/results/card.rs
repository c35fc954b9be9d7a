//! One picture with its whole ranking, while there are few.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::drag_and_drop::dragged::drag;
use crate::browser::focus;
use crate::components::landmarks::CHOOSE;
use crate::format;
use crate::picture::{CLOSE, Entry, Phase, Picture, Ranking};
use crate::session::Session;
use crate::settings::Mode;
use crate::texts;

/// Entries shown before the person asks for all.
const SHOWN: usize = 8;

/// A picture's card.
#[component]
pub fn Card(session: Session, picture: Arc<Picture>, mode: Memo<Mode>) -> impl IntoView {
    let id = picture.id;
    let (name, url) = (picture.name.clone(), picture.url.clone());
    let (phase, ranking) = (picture.phase.clone(), picture.ranking.clone());
    let moved = picture.moved.clone();
    let no_labels = Memo::new(move |_| session.settings.with(|s| s.labels.is_empty()));
    let state = {
        let (phase, ranking) = (phase.clone(), ranking.clone());
        Memo::new(move |_| match phase.get() {
            Phase::Waiting => "waiting",
            Phase::Running => "running",
            Phase::Failed { .. } => "error",
            Phase::Encoded if mode.get() == Mode::Match || no_labels.get() => "done",
            Phase::Encoded => {
                let revision = session.revision.get();
                match ranking.with(|r| r.as_ref().is_some_and(|r| r.revision() == revision)) {
                    true => "done",
                    false => "running",
                }
            }
        })
    };
    let error = move || match phase.get() {
        Phase::Failed { message, .. } => Some(view! {
            <p class="card-error" data-testid="picture-error">{message}</p>
        }),
        _ => None,
    };
    let unseen = RwSignal::new(false);
    let answer = move || {
        if mode.get() == Mode::Match || state.get() == "error" {
            return None;
        }
        if no_labels.get() {
            return Some(
                view! { <p class="placeholder">{texts::results_no_label()}</p> }.into_any(),
            );
        }
        ranking
            .get()
            .map(|ranking| ranked(&ranking, move || session.library.open.set(Some(id))).into_any())
    };
    let correction = move || {
        moved.get().map(|label| {
            view! {
                <p class="remark">
                    {texts::results_moved_to()} <span dir="auto">{label}</span>
                    {texts::results_moved_to_end()}
                </p>
            }
        })
    };
    // Reserves room for the answer, so that cards do not jump when it arrives.
    let rows = move || {
        let entries = session
            .settings
            .with(|settings| settings.labels.len() + usize::from(settings.none_of_these));
        match mode.get() == Mode::Sort && state.get() != "error" && !no_labels.get() {
            true => entries.min(SHOWN).to_string(),
            false => "-2".to_owned(),
        }
    };
    let label = texts::results_remove(&name);
    let open = texts::results_open(&name);
    view! {
        <li
            class="card"
            data-testid="picture-card"
            data-state=move || state.get()
            draggable="true"
            on:dragstart=move |event| drag(&event, &BTreeSet::from([id]))
        >
            <button
                type="button"
                class="card-picture"
                aria-label=open
                on:click=move |_| session.library.open.set(Some(id))
            >
                // Hides a file that is not a picture; its error says so.
                <img
                    src=url
                    alt=""
                    decoding="async"
                    draggable="false"
                    class:unseen=move || unseen.get()
                    on:error=move |_| unseen.set(true)
                />
            </button>
            <div class="card-body">
                <div class="card-head">
                    <h3 title=name.clone()>{name.clone()}</h3>
                    <span class="card-state">{move || match state.get() {
                        "waiting" => texts::results_state_waiting(),
                        "running" => texts::results_state_running(),
                        "done" if mode.get() == Mode::Match => texts::results_state_done(),
                        _ => "",
                    }}</span>
                    <button
                        type="button"
                        class="card-remove"
                        aria-label=label
                        on:click=move |event| {
                            focus::move_to_neighbour(&event, CHOOSE);
                            session.remove(&BTreeSet::from([id]));
                        }
                    ></button>
                </div>
                {error}
                {correction}
                <div class="card-answer" style=("--rows", rows)>
                    {answer}
                </div>
            </div>
        </li>
    }
}

fn ranked<F: Fn() + 'static>(ranking: &Ranking, open: F) -> impl IntoView + use<F> {
    let entries = ranking.entries();
    let Some(best) = entries.first() else {
        return view! { <p class="placeholder">{texts::results_no_usable_label()}</p> }.into_any();
    };
    let headline = match best.none_of_these {
        true => texts::results_none_of_these().to_owned(),
        false => best.label.clone(),
    };
    let remark = remark(&entries);
    let total = entries.len();
    let rows = entries.iter().take(SHOWN);
    let rows = rows.map(|entry| ranked_row(entry, None)).collect_view();
    let more = (total > SHOWN).then(|| {
        view! {
            <button type="button" class="quiet" on:click=move |_| open()>
                {texts::results_show_all(&format::count(total))}
            </button>
        }
    });
    view! {
        <p class="answer" dir="auto">{headline}</p>
        {remark.map(|remark| view! { <p class="remark">{remark}</p> })}
        <ol class="ranking">{rows}</ol>
        {more}
    }
    .into_any()
}

/// A label with its numbers, a bar and perhaps a button.
pub fn ranked_row(entry: &Entry, button: Option<AnyView>) -> impl IntoView + use<> {
    let Entry {
        label,
        none_of_these,
        probability,
        cosine,
        truncated,
    } = entry.clone();
    let note = truncated.then(|| {
        view! { <small class="note">{texts::results_too_long()}</small> }
    });
    let name = label.clone();
    view! {
        <li
            class="ranked"
            class:neutral=none_of_these
            data-testid="ranked-label"
            data-label=label
            data-percent=format!("{:.4}", probability * 100.0)
            data-cosine=cosine.to_string()
        >
            <span class="ranked-name" dir="auto">{name}{note}</span>
            <span class="ranked-percent">{format::percent(probability)}</span>
            <span class="bar" aria-hidden="true">
                <span style:width=format!("{:.2}%", probability * 100.0)></span>
            </span>
            <span class="ranked-cosine">
                <span class="visually-hidden">{texts::results_cosine()} " "</span>
                <span title=texts::results_cosine_hint()>
                    {format::cosine(cosine)}
                </span>
            </span>
            {button}
        </li>
    }
}

/// A remark on how certain the first place is, from the numbers alone.
fn remark(entries: &[Entry]) -> Option<String> {
    match entries {
        [_] => Some(texts::results_single_label().to_owned()),
        [first, second, ..] if first.probability - second.probability < CLOSE => {
            Some(texts::results_close_call(&second.label))
        }
        _ => None,
    }
}
