//! The pictures on the page.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use glance_protocol::PictureId;
use leptos::prelude::*;

use crate::picture::{Phase, Picture};

/// A handle on the pictures; cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct Library {
    /// In the order they were added.
    pub pictures: RwSignal<Vec<Arc<Picture>>>,
    /// Grows when phases, answers or corrections have changed, at most once a frame: whatever looks at
    /// all pictures depends on it, and on no picture's own signals.
    pub changed: RwSignal<u32>,
    /// The pictures that the person selected.
    pub selected: RwSignal<BTreeSet<PictureId>>,
    /// The picture that is shown large.
    pub open: RwSignal<Option<PictureId>>,
    index: StoredValue<Index>,
}

#[derive(Default)]
struct Index {
    by_id: HashMap<PictureId, Arc<Picture>>,
    /// The picture on the page that has a content, if any.
    by_content: HashMap<String, PictureId>,
    /// Whether the next frame reports a change.
    will_report: bool,
}

impl Index {
    fn add<'a>(&mut self, pictures: impl Iterator<Item = &'a Arc<Picture>>) {
        for picture in pictures {
            self.by_id.insert(picture.id, picture.clone());
            if let Some(content) = picture.content.get_untracked() {
                self.by_content.entry(content).or_insert(picture.id);
            }
        }
    }

    fn remove(&mut self, id: PictureId) {
        let removed = self.by_id.remove(&id);
        let content = removed.and_then(|picture| picture.content.get_untracked());
        if let Some(content) = content
            && self.by_content.get(&content) == Some(&id)
        {
            self.by_content.remove(&content);
        }
    }
}

impl Library {
    /// An empty library.
    pub fn new() -> Self {
        Self {
            pictures: RwSignal::new(Vec::new()),
            changed: RwSignal::new(0),
            selected: RwSignal::new(BTreeSet::new()),
            open: RwSignal::new(None),
            index: StoredValue::new(Index::default()),
        }
    }

    /// The picture with this id.
    pub fn get(self, id: PictureId) -> Option<Arc<Picture>> {
        self.index.with_value(|index| index.by_id.get(&id).cloned())
    }

    /// The picture with this content.
    pub fn of_content(self, content: &str) -> Option<Arc<Picture>> {
        self.index
            .with_value(|index| index.by_id.get(index.by_content.get(content)?).cloned())
    }

    /// Makes a picture the one that has its content; returns another that is it already.
    pub fn claim_content(self, picture: &Arc<Picture>) -> Option<Arc<Picture>> {
        let content = picture.content.get_untracked()?;
        let other = self.of_content(&content);
        let other = other.filter(|other| other.id != picture.id);
        if other.is_none() {
            self.own_content(picture);
        }
        other
    }

    /// Makes a picture the one that has its content, whichever had it before.
    pub fn own_content(self, picture: &Picture) {
        if let Some(content) = picture.content.get_untracked() {
            self.index.update_value(|index| {
                index.by_content.insert(content, picture.id);
            });
        }
    }

    /// Appends pictures.
    pub fn extend(self, added: Vec<Arc<Picture>>) {
        self.index.update_value(|index| index.add(added.iter()));
        self.pictures.update(|pictures| pictures.extend(added));
    }

    /// Takes pictures out; returns each with its place.
    pub fn take(self, ids: &BTreeSet<PictureId>) -> Vec<(usize, Arc<Picture>)> {
        let mut taken = Vec::new();
        self.pictures.update(|pictures| {
            let all = std::mem::take(pictures);
            for (place, picture) in all.into_iter().enumerate() {
                match ids.contains(&picture.id) {
                    true => taken.push((place, picture)),
                    false => pictures.push(picture),
                }
            }
        });
        self.index.update_value(|index| {
            ids.iter().for_each(|id| index.remove(*id));
        });
        self.selected
            .update(|selected| selected.retain(|id| !ids.contains(id)));
        if self
            .open
            .get_untracked()
            .is_some_and(|id| ids.contains(&id))
        {
            self.open.set(None);
        }
        self.touch();
        taken
    }

    /// Puts pictures back that [`Library::take`] returned.
    pub fn put_back(self, taken: Vec<(usize, Arc<Picture>)>) {
        self.index
            .update_value(|index| index.add(taken.iter().map(|(_, picture)| picture)));
        self.pictures.update(|pictures| {
            for (place, picture) in taken {
                pictures.insert(place.min(pictures.len()), picture);
            }
        });
        self.touch();
    }

    /// Puts pictures that are not on the page in the places of others: each pair is one that goes and
    /// one that comes.
    pub fn replace(self, pairs: &[(Arc<Picture>, Arc<Picture>)]) {
        if pairs.is_empty() {
            return;
        }
        self.index.update_value(|index| {
            pairs.iter().for_each(|(goes, _)| index.remove(goes.id));
            index.add(pairs.iter().map(|(_, comes)| comes));
        });
        let comes: HashMap<PictureId, &Arc<Picture>> =
            pairs.iter().map(|(goes, comes)| (goes.id, comes)).collect();
        self.pictures.update(|pictures| {
            for picture in pictures {
                if let Some(comes) = comes.get(&picture.id) {
                    *picture = Arc::clone(comes);
                }
            }
        });
        let renamed = |id: PictureId| comes.get(&id).map_or(id, |comes| comes.id);
        self.selected
            .update(|selected| *selected = selected.iter().copied().map(renamed).collect());
        self.open.update(|open| *open = open.map(renamed));
        self.touch();
    }

    /// Reports a change with the next frame.
    pub fn touch(self) {
        let reports = self
            .index
            .try_update_value(|index| std::mem::replace(&mut index.will_report, true));
        if reports == Some(false) {
            request_animation_frame(move || {
                self.index.update_value(|index| index.will_report = false);
                self.changed
                    .update(|changed| *changed = changed.wrapping_add(1));
            });
        }
    }

    /// Changes the progress of a picture.
    pub fn set_phase(self, id: PictureId, phase: Phase) {
        if let Some(picture) = self.get(id) {
            picture.phase.set(phase);
            self.touch();
        }
    }

    /// The ids of the pictures whose phase is one of these, in order.
    pub fn in_phase(self, wanted: impl Fn(&Phase) -> bool) -> Vec<PictureId> {
        self.pictures.with_untracked(|pictures| {
            let has = |picture: &&Arc<Picture>| picture.phase.with_untracked(&wanted);
            pictures
                .iter()
                .filter(has)
                .map(|picture| picture.id)
                .collect()
        })
    }
}
