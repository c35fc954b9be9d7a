//! A grid of tiles, in sections. Only tiles near the window are in the document, so thousands of
//! pictures cost as much as a screenful.
//!
//! ```text
//! layout    where sections and tiles lie
//! board     what the parts share, and what the keyboard does
//! section   a heading with its tiles
//! tile      one picture
//! ```
//!
//! The grid has one tab stop. Arrows move from tile to tile, Enter opens one, Space selects it, and
//! Delete removes it.

mod board;
mod layout;
mod section;
mod tile;

use std::collections::HashSet;

use gloo_timers::callback::Timeout;
use leptos::html;
use leptos::prelude::*;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;

use crate::arrangement::{Heading, Section};
use crate::browser::viewport;
use crate::components::arranged::Arranged;
use crate::components::deferred::Part;
use crate::texts;
use board::{Board, Rendered, TileKey};
use layout::{Layout, OVERSCAN};
use section::GridSection;

/// Tiles that are drawn before the next paint.
const STEP: usize = 12;

/// The grid.
#[cfg_attr(not(test), wasm_split(pictures, wasm_split_path = leptos::wasm_split, fallible))]
pub fn grid(arranged: Arranged) -> Part {
    let Arranged {
        session,
        mode,
        matches,
        ..
    } = arranged;
    let sections = arranged.sections();
    let frame = NodeRef::<html::Div>::new();
    let shown = viewport::watch(frame);
    let width = Memo::new(move |_| shown.get().width);
    let collapsed = RwSignal::new(HashSet::new());
    let layout = Memo::new(move |_| {
        sections.with(|sections| {
            collapsed.with(|collapsed| {
                let spans = sections.iter().map(|section| {
                    let open = !collapsed.contains(&section.heading);
                    let tiles = if open { section.pictures.len() } else { 0 };
                    (section.heading != Heading::None, tiles)
                });
                Layout::new(spans, width.get())
            })
        })
    });
    let visible = Memo::new(move |_| {
        let shown = shown.get();
        match shown.width == 0.0 {
            // It is not laid out yet.
            true => Vec::new(),
            false => layout.with(|layout| layout.visible(shown.top, shown.bottom, OVERSCAN)),
        }
    });
    // The page answers, and is painted, between the first steps.
    let drawn = RwSignal::new(STEP);
    Effect::new(move |_| {
        let tiles = visible.with(|visible| visible.iter().map(|(_, tiles)| tiles.len()).sum());
        if drawn.get() < tiles {
            let go_on = move || {
                drawn.try_update(|drawn| *drawn += STEP);
            };
            request_animation_frame(move || {
                Timeout::new(0, go_on).forget();
            });
        }
    });
    let rendered = Memo::new(move |_| {
        sections.with(|sections| {
            let mut left = drawn.get();
            let named = visible.get().into_iter().map_while(|(index, tiles)| {
                let end = tiles.end.min(tiles.start + left);
                let nothing = end == tiles.start && !tiles.is_empty();
                left -= end - tiles.start;
                let heading = sections.get(index)?.heading.clone();
                (!nothing).then_some((heading, (index, tiles.start..end)))
            });
            let named: Vec<_> = named.collect();
            Rendered {
                order: named.iter().map(|(heading, _)| heading.clone()).collect(),
                places: named.into_iter().collect(),
            }
        })
    });
    let current = RwSignal::new(None);
    let tab_stop = Memo::new(move |_| tab_stop(sections, rendered, current));
    let board = Board {
        session,
        mode,
        matches,
        sections,
        collapsed,
        layout,
        rendered,
        current,
        tab_stop,
        focus: RwSignal::new(None),
        last_selected: StoredValue::new(None),
    };
    // Scrolling may take the focused tile out of the document; the keyboard then goes on from here.
    let has_focus = StoredValue::new(false);
    Effect::new(move |_| {
        rendered.track();
        request_animation_frame(move || {
            let lost = document().active_element() == document().body().map(Into::into);
            if let (true, true, Some(frame)) = (
                lost,
                has_focus.try_get_value() == Some(true),
                frame.get_untracked(),
            ) {
                let options = web_sys::FocusOptions::new();
                options.set_prevent_scroll(true);
                // If this fails, the browser chooses where the focus goes.
                let _ = frame.focus_with_options(&options);
            }
        });
    });
    let grid = view! {
        <div
            class="grid"
            node_ref=frame
            tabindex="-1"
            role="group"
            aria-label=texts::grid_keys()
            style:height=move || format!("{}px", layout.with(|layout| layout.height))
            on:keydown=move |event| board.press(&event)
            on:focusin=move |_| has_focus.set_value(true)
            on:focusout=move |event| {
                if event.related_target().is_some() {
                    has_focus.set_value(false);
                }
            }
            on:pointerdown=move |_| has_focus.set_value(false)
        >
            <For
                each=move || rendered.with(|rendered| rendered.order.clone())
                key=Heading::clone
                children=move |heading| view! { <GridSection board heading /> }
            />
        </div>
    };
    Ok(grid.into_any())
}

/// The tile that the keyboard is at, or the first that is rendered.
fn tab_stop(
    sections: Memo<Vec<Section>>,
    rendered: Memo<Rendered>,
    current: RwSignal<Option<TileKey>>,
) -> Option<TileKey> {
    sections.with(|sections| {
        rendered.with(|rendered| {
            let tiles = |heading: &Heading| {
                let (index, tiles) = rendered.places.get(heading)?;
                sections.get(*index)?.pictures.get(tiles.clone())
            };
            current.with(|current| {
                let here = current.as_ref().filter(|(heading, id)| {
                    let tiles = tiles(heading).unwrap_or_default();
                    tiles.iter().any(|picture| picture.id == *id)
                });
                here.cloned().or_else(|| {
                    rendered.order.iter().find_map(|heading| {
                        let first = tiles(heading)?.first()?;
                        Some((heading.clone(), first.id))
                    })
                })
            })
        })
    })
}
