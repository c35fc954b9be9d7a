//! A heading with its tiles.

use std::ops::Range;

use glance_protocol::Likeness;
use leptos::prelude::*;

use super::board::Board;
use super::tile::Tile;
use crate::arrangement::Heading;
use crate::picture::NONE_OF_THESE;
use crate::{format, texts};

/// A section of the grid.
#[component]
pub fn GridSection(board: Board, heading: Heading) -> impl IntoView {
    let name = StoredValue::new(heading);
    let place = Memo::new(move |_| {
        board
            .rendered
            .with(|rendered| name.with_value(|name| rendered.places.get(name).cloned()))
    });
    let span = Memo::new(move |_| {
        let (index, _) = place.get()?;
        board.layout.with(|layout| layout.spans.get(index).copied())
    });
    let count = Signal::derive(move || {
        let index = place.get().map(|(index, _)| index);
        board.sections.with(|sections| {
            let section = index.and_then(|index| sections.get(index));
            section.map_or(0, |section| section.pictures.len())
        })
    });
    let pictures = Memo::new(move |_| {
        let (index, tiles) = place.get()?;
        board.sections.with(|sections| {
            let pictures = sections.get(index)?.pictures.get(tiles.clone())?.to_vec();
            Some((tiles.start, pictures))
        })
    });
    let open = move || {
        board
            .collapsed
            .with(|collapsed| name.with_value(|name| !collapsed.contains(name)))
    };
    let fold = move |_| {
        let name = name.get_value();
        board.collapsed.update(|collapsed| {
            if !collapsed.remove(&name) {
                collapsed.insert(name);
            }
        });
    };
    let title = name.with_value(title);
    let headed = !title.is_empty();
    let copies = name.with_value(|name| matches!(name, Heading::Copies(_)));
    let select = copies.then(|| select_extras(board, place, &title));
    let label = title.clone();
    let px = |length: f64| format!("{length}px");
    view! {
        <section
            class="grid-section"
            aria-label=move || match headed {
                true => format!("{label}, {}", texts::results_pictures(count.get())),
                false => texts::results_pictures(count.get()),
            }
            style:top=move || px(span.get().map_or(0.0, |span| span.top))
            style:height=move || px(span.get().map_or(0.0, |span| span.heading + span.height))
        >
            {headed.then(|| view! {
                <div class="grid-heading">
                    <h3>
                        <button
                            type="button"
                            class="quiet"
                            aria-expanded=move || open().to_string()
                            on:click=fold
                        >
                            <span class="grid-title" dir="auto">{title}</span>
                            <span class="grid-count">{move || format::count(count.get())}</span>
                        </button>
                    </h3>
                    {select}
                </div>
            })}
            <ul
                class="tiles"
                role="list"
                style:grid-template-columns=move || {
                    let columns = board.layout.with(|layout| layout.columns);
                    format!("repeat({columns}, minmax(0, 1fr))")
                }
                style:padding-top=move || {
                    let start = pictures.with(|pictures| pictures.as_ref().map_or(0, |p| p.0));
                    px(board.layout.with(|layout| {
                        (start / layout.columns.max(1)) as f64 * layout.row
                    }))
                }
            >
                <For
                    each=move || pictures.get().map(|(_, pictures)| pictures).unwrap_or_default()
                    key=|picture| picture.id
                    children=move |picture| {
                        let id = picture.id;
                        let position = Signal::derive(move || {
                            pictures.with(|pictures| {
                                let (start, pictures) = pictures.as_ref()?;
                                let at = pictures.iter().position(|picture| picture.id == id)?;
                                Some(start + at + 1)
                            })
                            .unwrap_or_default()
                        });
                        let heading = name.get_value();
                        view! { <Tile board picture heading position count /> }
                    }
                />
            </ul>
        </section>
    }
}

/// Selects the pictures of a section that can go because the first one stays.
fn select_extras(board: Board, place: Memo<Option<(usize, Range<usize>)>>, title: &str) -> AnyView {
    let select = move |_| {
        let index = place.get_untracked().map(|(index, _)| index);
        board.sections.with_untracked(|sections| {
            let section = index.and_then(|index| sections.get(index));
            let Some([first, extras @ ..]) = section.map(|section| &section.pictures[..]) else {
                return;
            };
            board.session.library.selected.update(|selected| {
                selected.extend(extras.iter().map(|picture| picture.id));
                selected.remove(&first.id);
            });
        });
    };
    let name = texts::grid_select_extras_of(title);
    view! {
        <button type="button" class="quiet" aria-label=name on:click=select>
            {texts::grid_select_extras()}
        </button>
    }
    .into_any()
}

fn title(heading: &Heading) -> String {
    match heading {
        Heading::None => String::new(),
        Heading::Text(text) => shown(text).to_owned(),
        Heading::Unsure => texts::grid_unsure().to_owned(),
        Heading::Waiting => texts::grid_waiting().to_owned(),
        Heading::Failed => texts::grid_failed().to_owned(),
        Heading::Copies(number) | Heading::Cluster(number, None) => {
            texts::grid_group(&(number + 1).to_string())
        }
        Heading::Cluster(number, Some(label)) => {
            texts::grid_group_mostly(&(number + 1).to_string(), shown(label))
        }
        Heading::Single(Likeness::NearlySame) => texts::grid_no_copy().to_owned(),
        Heading::Single(Likeness::Alike) => texts::grid_like_no_other().to_owned(),
    }
}

/// A label or caption as the page shows it: "none of these" is in the person's language.
fn shown(text: &str) -> &str {
    match text {
        NONE_OF_THESE => texts::none_of_these(),
        text => text,
    }
}
