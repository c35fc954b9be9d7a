//! The pictures in sections. Each part of the page that shows sections arranges them itself, because
//! what arranges them is fetched with these parts.

use std::sync::Arc;

use leptos::prelude::*;

use crate::arrangement::{self, Group, Heading, Place, Section};
use crate::picture::Picture;
use crate::session::Session;
use crate::settings::{Matches, Mode};

/// Pictures shown for a caption.
const BEST: usize = 5;

/// What the sections depend on; cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct Arranged {
    pub session: Session,
    pub mode: Memo<Mode>,
    pub matches: Memo<Matches>,
    /// Every picture with its place.
    pub places: Memo<Vec<(Arc<Picture>, Place)>>,
}

impl Arranged {
    /// The sections, kept current.
    pub fn sections(self) -> Memo<Vec<Section>> {
        Memo::new(move |_| arrange(self))
    }
}

fn arrange(arranged: Arranged) -> Vec<Section> {
    let Arranged {
        session, places, ..
    } = arranged;
    match (arranged.mode.get(), arranged.matches.get()) {
        (Mode::Sort, _) => {
            let (labels, mut view) = session
                .settings
                .with(|settings| (settings.labels.clone(), settings.view));
            if let Group::Likeness(by) = view.group {
                return session
                    .groups
                    .with(|groups| groups.arrange(places.get(), by, view));
            }
            if labels.is_empty() {
                view.group = Group::None;
            }
            arrangement::arrange(places.get(), &labels, view)
        }
        (Mode::Search, _) => {
            let pictures = session.library.pictures.get();
            session.found.with(|found| found.order(pictures))
        }
        (Mode::Match, Matches::ByCaption) => session.table.with(|table| {
            let captions = table.captions.iter().enumerate();
            let sections = captions.map(|(column, caption)| Section {
                heading: Heading::Text(caption.clone()),
                pictures: table
                    .best_rows(column, BEST)
                    .into_iter()
                    .filter_map(|row| session.library.get(*table.pictures.get(row)?))
                    .collect(),
            });
            sections.collect()
        }),
        (Mode::Match, Matches::ByPicture | Matches::Table) => {
            Section::all(session.library.pictures.get())
        }
    }
}
