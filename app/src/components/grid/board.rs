//! What the parts of a grid share, and what the keyboard does with it.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use glance_protocol::PictureId;
use gloo_timers::callback::Timeout;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::layout::{HEADING, Layout, Place, Step};
use crate::arrangement::{Heading, Section};
use crate::browser::focus;
use crate::components::landmarks;
use crate::session::Session;
use crate::settings::{Matches, Mode};

/// A tile's name: its section and its picture.
pub type TileKey = (Heading, PictureId);

/// What the parts of a grid share.
#[derive(Clone, Copy)]
pub struct Board {
    pub session: Session,
    pub mode: Memo<Mode>,
    pub matches: Memo<Matches>,
    pub sections: Memo<Vec<Section>>,
    pub collapsed: RwSignal<HashSet<Heading>>,
    pub layout: Memo<Layout>,
    /// The rendered tiles: the place of each section in all of them, and its tiles.
    pub rendered: Memo<Rendered>,
    /// The tile that the keyboard is at.
    pub current: RwSignal<Option<TileKey>>,
    /// The tile that the Tab key reaches.
    pub tab_stop: Memo<Option<TileKey>>,
    /// A tile that wants the focus once it is rendered.
    pub focus: RwSignal<Option<TileKey>>,
    /// Where a selection with the Shift key begins.
    pub last_selected: StoredValue<Option<PictureId>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rendered {
    pub order: Vec<Heading>,
    pub places: HashMap<Heading, (usize, Range<usize>)>,
}

impl Board {
    pub fn press(self, event: &KeyboardEvent) {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let heading = target.and_then(|target| target.closest(".grid-heading").ok().flatten());
        if heading.is_some() {
            // A heading is a button of its own.
            return;
        }
        let key = event.key();
        let step = match key.as_str() {
            "ArrowLeft" => Step::Back,
            "ArrowRight" => Step::Forward,
            "ArrowUp" => Step::Up,
            "ArrowDown" => Step::Down,
            "Home" => Step::First,
            "End" => Step::Last,
            " " | "Delete" => {
                event.prevent_default();
                if let Some((_, id)) = self.tab_stop.get_untracked() {
                    match key.as_str() {
                        "Delete" => self.remove(id),
                        _ => self.select(id, event.shift_key()),
                    }
                }
                return;
            }
            "a" if event.ctrl_key() || event.meta_key() => {
                event.prevent_default();
                let all = self.sections.with_untracked(|sections| {
                    let pictures = sections.iter().flat_map(|section| &section.pictures);
                    pictures.map(|picture| picture.id).collect()
                });
                self.session.library.selected.set(all);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let Some(from) = self.here() else { return };
        let to = self.layout.with_untracked(|layout| layout.step(from, step));
        self.go(to);
    }

    /// The place of the tile that the keyboard is at.
    fn here(self) -> Option<Place> {
        let key = self
            .current
            .get_untracked()
            .or(self.tab_stop.get_untracked())?;
        self.place_of(&key)
    }

    fn place_of(self, (heading, id): &TileKey) -> Option<Place> {
        self.sections.with_untracked(|sections| {
            let index = sections
                .iter()
                .position(|section| section.heading == *heading)?;
            let mut pictures = sections[index].pictures.iter();
            Some((index, pictures.position(|picture| picture.id == *id)?))
        })
    }

    fn key_of(self, (section, tile): Place) -> Option<TileKey> {
        self.sections.with_untracked(|sections| {
            let section = sections.get(section)?;
            Some((section.heading.clone(), section.pictures.get(tile)?.id))
        })
    }

    /// Moves the keyboard to a tile, and scrolls it into the window.
    fn go(self, to: Place) {
        let Some(key) = self.key_of(to) else { return };
        self.current.set(Some(key.clone()));
        let row = self.layout.with_untracked(|layout| layout.row_of(to));
        if let Some((top, bottom)) = row {
            scroll_to(top, bottom);
        }
        self.focus.set(Some(key));
    }

    /// Selects a picture or takes it out of the selection; `all` adds everything between it and the
    /// last one that was selected.
    pub fn select(self, id: PictureId, all: bool) {
        let selected = self.session.library.selected;
        let last = self.last_selected.get_value();
        self.last_selected.set_value(Some(id));
        if let (true, Some(last)) = (all, last) {
            let between = self.between(last, id);
            selected.update(|selected| selected.extend(between));
            return;
        }
        selected.update(|selected| {
            if !selected.remove(&id) {
                selected.insert(id);
            }
        });
    }

    fn between(self, one: PictureId, other: PictureId) -> Vec<PictureId> {
        self.sections.with_untracked(|sections| {
            let pictures = sections.iter().flat_map(|section| &section.pictures);
            let ids: Vec<PictureId> = pictures.map(|picture| picture.id).collect();
            let at = |wanted| ids.iter().position(|id| *id == wanted);
            match at(one).zip(at(other)) {
                Some((one, other)) => ids[one.min(other)..=one.max(other)].to_vec(),
                None => vec![other],
            }
        })
    }

    /// Removes the selected pictures if this is one of them, or else this picture. The keyboard goes
    /// to the neighbour.
    fn remove(self, id: PictureId) {
        let selected = self.session.library.selected.get_untracked();
        let gone = match selected.contains(&id) {
            true => selected,
            false => BTreeSet::from([id]),
        };
        let next = self.here().and_then(|here| {
            let stays = |step: Step| {
                self.layout.with_untracked(|layout| {
                    let mut at = here;
                    loop {
                        let to = layout.step(at, step);
                        if to == at {
                            return None;
                        }
                        let key = self.key_of(to)?;
                        if !gone.contains(&key.1) {
                            return Some(key);
                        }
                        at = to;
                    }
                })
            };
            stays(Step::Forward).or_else(|| stays(Step::Back))
        });
        self.session.remove(&gone);
        self.current.set(next.clone());
        match next {
            Some(next) => self.focus.set(Some(next)),
            None => return focus::first(landmarks::CHOOSE),
        }
        // Few pictures are shown as cards, and then there is no tile to go to.
        Timeout::new(0, || {
            request_animation_frame(|| {
                if document().active_element() == document().body().map(Into::into) {
                    focus::first(landmarks::HEADING);
                }
            });
        })
        .forget();
    }
}

/// Scrolls so that the grid's lines from `top` to `bottom` are visible, below what sticks to the top
/// of the window.
fn scroll_to(top: f64, bottom: f64) {
    let Some(grid) = document().query_selector(".grid").ok().flatten() else {
        return;
    };
    let origin = grid.get_bounding_client_rect().top();
    let height = window()
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64());
    let height = height.unwrap_or_default();
    let bar = document().query_selector(".top-bar").ok().flatten();
    let bar = bar.map_or(0.0, |bar| bar.get_bounding_client_rect().bottom());
    let covered = bar + HEADING;
    let (top, bottom) = (origin + top, origin + bottom);
    let by = if top < covered {
        top - covered
    } else if bottom > height {
        (bottom - height).min(top - covered)
    } else {
        return;
    };
    window().scroll_by_with_x_and_y(0.0, by);
}
