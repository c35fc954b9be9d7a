//! Removes pictures, moves them to labels, and takes that back.

use std::collections::BTreeSet;
use std::sync::Arc;

use glance_protocol::{PictureId, ToWorker};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::undoable::{Undo, Undoable};
use crate::picture::{Phase, Picture};
use crate::session::state::Session;
use crate::settings::Settings;
use crate::{format, texts};

/// How long the page offers to take something back.
const OFFERED_MILLISECONDS: u32 = 10_000;

impl Session {
    /// Removes pictures. For a while they can be had back.
    pub fn remove(self, ids: &BTreeSet<PictureId>) {
        let taken = self.library.take(ids);
        if taken.is_empty() {
            return;
        }
        self.table.update(|table| {
            for id in ids {
                table.remove(*id);
            }
        });
        self.inner.update_value(|inner| {
            inner.waiting.retain(|id| !ids.contains(id));
            let (gone, left) = std::mem::take(&mut inner.embedding)
                .into_iter()
                .partition(|(_, sent)| ids.contains(sent));
            inner.embedding = left;
            let gone: Vec<_> = gone;
            for (request, _) in gone {
                inner.tell(&ToWorker::Cancel(request));
            }
        });
        let sentence = match &taken[..] {
            [(_, one)] => texts::undo_removed_one(&one.name),
            many => texts::undo_removed(&format::count(many.len())),
        };
        self.offer(sentence, Undo::Removed(taken));
        self.advance();
    }

    /// Removes all pictures.
    pub fn remove_all(self) {
        let all = self.library.in_phase(|_| true);
        self.remove(&all.into_iter().collect());
    }

    /// Moves pictures to a label, whatever the model says.
    pub fn move_to(self, ids: &BTreeSet<PictureId>, label: &str) {
        let moved = ids.iter().filter_map(|id| self.library.get(*id));
        let moved: Vec<Arc<Picture>> = moved.collect();
        let mut before = Vec::new();
        for picture in &moved {
            before.push((picture.id, picture.moved.get_untracked()));
            picture.moved.set(Some(label.to_owned()));
        }
        if before.is_empty() {
            return;
        }
        let sentence = texts::undo_moved(before.len(), label);
        self.library.touch();
        self.remember_corrections(&moved);
        self.offer(sentence, Undo::Moved(before));
        self.advance();
    }

    /// Offers the labels back that the person replaced or cleared, with their sentences.
    pub fn offer_question(self, before: Settings) {
        let sentence = texts::undo_labels().to_owned();
        self.offer(sentence, Undo::Question(Box::new(before)));
    }

    /// Takes back what was done last.
    pub fn undo(self) {
        let Some(undoable) = self.undoable.try_update(Option::take).flatten() else {
            return;
        };
        match undoable.undo {
            Undo::Removed(taken) => self.put_back(taken),
            Undo::Moved(before) => {
                let mut back = Vec::new();
                for (id, label) in before {
                    if let Some(picture) = self.library.get(id) {
                        picture.moved.set(label);
                        back.push(picture);
                    }
                }
                self.library.touch();
                self.remember_corrections(&back);
                self.advance();
            }
            Undo::Question(before) => self.edit(|settings| {
                settings.labels = before.labels;
                settings.template = before.template;
                settings.prompts = before.prompts;
                settings.none_of_these = before.none_of_these;
            }),
        }
    }

    fn put_back(self, taken: Vec<(usize, Arc<Picture>)>) {
        for (_, picture) in &taken {
            // Its embedding may be of another worker, which knows it no more.
            let lost = self.inner.with_value(|inner| {
                !inner.embedded.contains(&picture.id)
                    && !matches!(picture.phase.get_untracked(), Phase::Failed { .. })
            });
            if lost {
                picture.phase.set(Phase::Waiting);
                self.inner
                    .update_value(|inner| inner.waiting.push_back(picture.id));
            }
        }
        let pictures: Vec<_> = taken.iter().map(|(_, picture)| picture.clone()).collect();
        self.library.put_back(taken);
        // Their files may have been added again meanwhile.
        pictures
            .iter()
            .for_each(|picture| self.find_duplicate(picture));
        self.advance();
    }

    fn offer(self, sentence: String, undo: Undo) {
        self.forget_undone();
        self.undoable.set(Some(Undoable { sentence, undo }));
        let timeout = Timeout::new(OFFERED_MILLISECONDS, move || self.forget_undone());
        self.inner.update_value(|inner| inner.offer = Some(timeout));
    }

    /// Withdraws the offer: what was removed is gone for good, and is not remembered either.
    fn forget_undone(self) {
        let Some(undoable) = self.undoable.try_update(Option::take).flatten() else {
            return;
        };
        let Undo::Removed(taken) = undoable.undo else {
            return;
        };
        let gone: Vec<Arc<Picture>> = taken.into_iter().map(|(_, picture)| picture).collect();
        self.let_go(&gone);
        let content = |picture: &Arc<Picture>| picture.content.get_untracked();
        self.forget_contents(gone.iter().filter_map(content).collect());
    }
}
