//! A heading with its tiles.

use std::ops::Range;

use glance_protocol::Likeness;
use leptos::prelude::*;

use super::board::Board;
use super::tile::Tile;
use crate::arrangement::Heading;
use crate::picture::NONE_OF_THESE;
use crate::texts;

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
                true => format!("{label}, {}", pictures_in_words(count.get())),
                false => pictures_in_words(count.get()),
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
                            <span class="grid-count">{move || count.get()}</span>
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
    let name = format!("Select all but the first of {title}");
    view! {
        <button type="button" class="quiet" aria-label=name on:click=select>
            "Select all but the first"
        </button>
    }
    .into_any()
}

fn title(heading: &Heading) -> String {
    match heading {
        Heading::None => String::new(),
        Heading::Text(text) if text == NONE_OF_THESE => texts::none_of_these().to_owned(),
        Heading::Text(text) => text.clone(),
        Heading::Unsure => "Unsure: two labels nearly equal".to_owned(),
        Heading::Waiting => "Not looked at yet".to_owned(),
        Heading::Failed => "Could not be read".to_owned(),
        Heading::Copies(number) | Heading::Cluster(number, None) => format!("Group {}", number + 1),
        Heading::Cluster(number, Some(label)) => format!("Group {}: mostly {label}", number + 1),
        Heading::Single(Likeness::NearlySame) => "No near copy".to_owned(),
        Heading::Single(Likeness::Alike) => "Like no other".to_owned(),
    }
}

fn pictures_in_words(count: usize) -> String {
    match count {
        1 => "1 picture".to_owned(),
        count => format!("{count} pictures"),
    }
}
