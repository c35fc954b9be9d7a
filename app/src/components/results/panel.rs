//! One picture, large, with everything that is known about it. Beside the results, or over their lower
//! half on a phone.

use std::collections::BTreeSet;
use std::sync::Arc;

use glance_protocol::PictureId;
use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;
use wasm_bindgen::JsCast;

use super::card::ranked_row;
use super::heat_map::{self, Colors, HeatMap, Words};
use super::selection::MoveTo;
use crate::arrangement::Section;
use crate::browser::focus;
use crate::components::arranged::Arranged;
use crate::components::deferred::{Part, deferred};
use crate::components::landmarks::{CHOOSE, HEADING};
use crate::format;
use crate::picture::{Phase, Picture};
use crate::session::Session;
use crate::settings::Mode;
use crate::texts;

/// Labels shown before the person asks for all.
const SHOWN: usize = 20;

/// The panel, while a picture is open.
#[component]
pub fn Panel(arranged: Arranged) -> impl IntoView {
    let session = arranged.session;
    let is_open = Memo::new(move |_| {
        let open = session.library.open.get();
        open.is_some_and(|id| session.library.get(id).is_some())
    });
    view! {
        <Show when=move || is_open.get()>
            {deferred(move || panel(arranged))}
        </Show>
    }
}

#[cfg_attr(not(test), wasm_split(pictures, wasm_split_path = leptos::wasm_split, fallible))]
fn panel(arranged: Arranged) -> Part {
    let Arranged { session, mode, .. } = arranged;
    let sections = arranged.sections();
    let open = session.library.open;
    let picture = Memo::new(move |_| open.get().and_then(|id| session.library.get(id)));
    let panel = NodeRef::<html::Aside>::new();
    let image = NodeRef::<html::Img>::new();
    let map = HeatMap::new(session, image);
    Effect::new(move |_| {
        // It answers one question about one picture.
        open.track();
        session.revision.track();
        map.hide();
    });
    let opener = document().active_element();
    let opener = opener.and_then(|opener| opener.dyn_into::<web_sys::HtmlElement>().ok());
    let opener = StoredValue::new_local(opener);
    Effect::new(move |_| {
        if let Some(panel) = panel.get() {
            // If this fails, the panel can still be reached with the Tab key.
            let _ = panel.focus();
        }
    });
    let close = move || {
        let opener = opener.try_update_value(Option::take).flatten();
        open.set(None);
        match opener.filter(|opener| opener.is_connected()) {
            // If this fails, the browser chooses where the focus goes.
            Some(opener) => drop(opener.focus()),
            None => focus::first(HEADING),
        }
    };
    let remove = move |id: PictureId| {
        let next = neighbour(sections, id, 1).or_else(|| neighbour(sections, id, -1));
        session.remove(&BTreeSet::from([id]));
        match next {
            Some(next) => open.set(Some(next)),
            None => focus::first(CHOOSE),
        }
    };
    let step = move |by: isize| {
        let next = open
            .get_untracked()
            .and_then(|id| neighbour(sections, id, by));
        if let Some(next) = next {
            open.set(Some(next));
        }
    };
    let press = move |event: KeyboardEvent| {
        let types = event
            .target()
            .is_some_and(|target| target.is_instance_of::<web_sys::HtmlInputElement>());
        match event.key().as_str() {
            "Escape" if map.hide() => {}
            "Escape" => close(),
            "ArrowLeft" if !types => step(-1),
            "ArrowRight" if !types => step(1),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let panel = view! {
        <aside
            class="panel"
            tabindex="-1"
            node_ref=panel
            aria-label=move || picture.get().map(|picture| picture.name.clone())
            on:keydown=press
        >
            <div class="panel-head">
                <button
                    type="button"
                    class="icon"
                    aria-label=texts::panel_previous()
                    on:click=move |_| step(-1)
                >
                    "‹"
                </button>
                <h3>{move || picture.get().map(|picture| picture.name.clone())}</h3>
                <button
                    type="button"
                    class="icon"
                    aria-label=texts::panel_next()
                    on:click=move |_| step(1)
                >
                    "›"
                </button>
                <button
                    type="button"
                    class="icon"
                    aria-label=texts::panel_close()
                    on:click=move |_| close()
                >
                    "×"
                </button>
            </div>
            {move || picture.get().map(|picture| view! {
                <Details session mode picture image map remove />
            })}
        </aside>
    };
    Ok(panel.into_any())
}

#[component]
fn Details(
    session: Session,
    mode: Memo<Mode>,
    picture: Arc<Picture>,
    image: NodeRef<html::Img>,
    map: HeatMap,
    remove: impl Fn(PictureId) + 'static,
) -> impl IntoView {
    let id = picture.id;
    let (phase, moved) = (picture.phase.clone(), picture.moved.clone());
    let unseen = RwSignal::new(false);
    let all = RwSignal::new(false);
    let encoded = {
        let phase = phase.clone();
        move || phase.get() == Phase::Encoded
    };
    let problem = move || match phase.get() {
        Phase::Failed { message, .. } => Some(view! { <p class="card-error">{message}</p> }),
        _ => None,
    };
    let answer = {
        let picture = picture.clone();
        move || match mode.get() {
            Mode::Sort => Some(ranking(&picture, all, map).into_any()),
            Mode::Search | Mode::Match => cosines(session, &picture, mode.get()),
        }
    };
    let correction = {
        let moved = moved.clone();
        move || {
            moved.get().map(|label| {
                view! {
                    <p class="remark">
                        {texts::results_moved_to()} <span dir="auto">{label}</span>
                        {texts::results_moved_to_end()}
                    </p>
                }
            })
        }
    };
    view! {
        <div class="panel-picture">
            <img
                node_ref=image
                src=picture.url.clone()
                alt=""
                class:unseen=move || unseen.get()
                on:error=move |_| unseen.set(true)
            />
            <Colors map />
        </div>
        <Words map />
        <div class="panel-actions">
            <button
                type="button"
                class="quiet"
                hidden=move || !encoded()
                on:click=move |_| session.search_like(id)
            >
                {texts::panel_more_like_this()}
            </button>
            <button
                type="button"
                class="quiet"
                on:click=move |_| remove(id)
            >
                {texts::panel_remove()}
            </button>
        </div>
        {problem}
        {correction}
        {answer}
        <MoveTo session on_move=move |label: &str| {
            session.move_to(&BTreeSet::from([id]), label);
        } />
    }
}

/// All labels with their numbers, each with a button that shows where it is seen.
fn ranking(picture: &Arc<Picture>, all: RwSignal<bool>, map: HeatMap) -> impl IntoView + use<> {
    let entries = picture
        .ranking
        .get()
        .map(|ranking| ranking.entries())
        .unwrap_or_default();
    let total = entries.len();
    let shown = if all.get() { total } else { total.min(SHOWN) };
    let rows = entries[..shown].iter().map(|entry| {
        let label = entry.label.clone();
        let button = (!entry.none_of_these).then(|| heat_map::button(map, picture.clone(), label));
        ranked_row(entry, button)
    });
    let rows = rows.collect_view();
    let more = (total > shown).then(|| {
        view! {
            <button type="button" class="quiet" on:click=move |_| all.set(true)>
                {texts::results_show_all(&format::count(total))}
            </button>
        }
    });
    view! { <ol class="ranking">{rows}</ol> {more} }
}

/// The cosine with what is searched for, or with each caption.
fn cosines(session: Session, picture: &Picture, mode: Mode) -> Option<AnyView> {
    if mode == Mode::Search {
        let cosine = session
            .found
            .with(|found| found.cosines.get(&picture.id).copied())?;
        return Some(view! { <p>{texts::panel_cosine(&format::cosine(cosine))}</p> }.into_any());
    }
    session.table.with(|table| {
        let row = table.pictures.iter().position(|id| *id == picture.id)?;
        let mut captions: Vec<(String, f32)> = table
            .captions
            .iter()
            .enumerate()
            .filter_map(|(column, caption)| Some((caption.clone(), table.cosine(row, column)?)))
            .collect();
        captions.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        let rows = captions.into_iter().map(|(caption, cosine)| {
            view! {
                <li class="matched">
                    <span dir="auto">{caption}</span>
                    <span class="value">{format::cosine(cosine)}</span>
                </li>
            }
        });
        Some(view! { <ol class="ranking">{rows.collect_view()}</ol> }.into_any())
    })
}

/// The picture `by` places after this one, in the order of the page.
fn neighbour(sections: Memo<Vec<Section>>, id: PictureId, by: isize) -> Option<PictureId> {
    sections.with_untracked(|sections| {
        let pictures = sections.iter().flat_map(|section| &section.pictures);
        let ids: Vec<PictureId> = pictures.map(|picture| picture.id).collect();
        let at = ids.iter().position(|own| *own == id)?;
        ids.get(at.checked_add_signed(by)?).copied()
    })
}
