//! Asks the worker for rankings, cosines and what is searched for, and shows its answers.

use std::sync::Arc;

use glance_protocol::{PictureId, Query, Request, RequestId, TextNote, ToWorker};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::models::model_state::ModelState;
use super::state::{Scoring, Session};
use crate::arrangement::found::Found;
use crate::format;
use crate::picture::{Phase, Picture, RankAnswer, Ranking};
use crate::settings::{Mode, Settings};
use crate::table::Table;
use crate::text_list::{self, MAX_LABELS};
use crate::texts;

/// Pause in typing after which a text is encoded again.
const TYPING_PAUSE_MILLISECONDS: u32 = 200;

impl Session {
    /// Changes settings that are part of the question, and asks it again at once.
    pub fn edit(self, change: impl FnOnce(&mut Settings)) {
        self.change_question(change);
        // After the page has shown the change.
        let soon = Timeout::new(0, move || self.advance());
        self.inner.update_value(|inner| inner.typing = Some(soon));
    }

    /// Changes a text that is part of the question, and asks it again once typing pauses.
    pub fn edit_typed(self, change: impl FnOnce(&mut Settings)) {
        self.change_question(change);
        let typing = Timeout::new(TYPING_PAUSE_MILLISECONDS, move || self.advance());
        self.inner.update_value(|inner| inner.typing = Some(typing));
    }

    fn change_question(self, change: impl FnOnce(&mut Settings)) {
        self.remember(change);
        self.revision.update(|revision| *revision += 1);
        self.library.touch();
    }

    /// Adds labels from typed or pasted text.
    pub fn add_labels(self, text: &str) {
        let mut full = false;
        self.edit(|settings| full = text_list::add_labels(&mut settings.labels, text));
        if full {
            self.say(texts::session_labels_full(&format::count(MAX_LABELS)));
        }
    }

    /// Searches for pictures like this one.
    pub fn search_like(self, picture: PictureId) {
        self.like.set(Some(picture));
        self.edit(|settings| settings.mode = Mode::Search);
    }

    /// Searches for pictures that fit a text, while it is typed: a newer text cancels the request.
    pub fn search(self, text: String) {
        self.like.set(None);
        self.edit(|settings| settings.query = text);
    }

    /// Sends all requests that can be sent now.
    pub(super) fn advance(self) {
        if !matches!(self.model.get_untracked(), ModelState::Ready(_)) {
            return;
        }
        self.follow_examples();
        self.score();
        if !self.paused.get_untracked() {
            self.send_pictures();
        }
        self.group_pictures();
    }

    /// Asks the current question about the pictures that have no answer to it yet.
    fn score(self) {
        let revision = self.revision.get_untracked();
        let stale = self.inner.try_update_value(|inner| {
            let stale = inner
                .scoring
                .take_if(|scoring| scoring.revision != revision)?;
            inner.tell(&ToWorker::Cancel(stale.id));
            Some(())
        });
        if let Some(Some(())) = stale {
            self.texts.set(None);
        }
        let busy = self
            .inner
            .with_value(|inner| inner.scoring.is_some() || inner.given_up == Some(revision));
        if busy {
            return;
        }
        let settings = self.settings.get_untracked();
        let Some((pictures, texts, request)) = self.question(settings, revision) else {
            return;
        };
        self.inner.update_value(|inner| {
            let id = inner.run(request, &[]);
            inner.scoring = Some(Scoring {
                id,
                revision,
                pictures,
                texts,
            });
        });
    }

    /// The question of the selected tab: the pictures and texts that it is about; `None` if all is
    /// answered.
    fn question(
        self,
        settings: Settings,
        revision: u32,
    ) -> Option<(Vec<PictureId>, Vec<String>, Request)> {
        let (pictures, texts, request) = match settings.mode {
            Mode::Sort => {
                let pictures = self.encoded(|picture| !picture.answers(revision));
                let request = Request::Rank {
                    pictures: pictures.clone(),
                    labels: settings.labels.clone(),
                    templates: settings.templates(),
                    none_of_these: settings.none_of_these,
                    examples: self.inner.with_value(|inner| inner.examples.clone()),
                };
                (pictures, settings.labels, request)
            }
            Mode::Search => {
                let pictures = self.found.with_untracked(|found| {
                    let current = found.revision == revision;
                    self.encoded(|picture| !(current && found.cosines.contains_key(&picture.id)))
                });
                let text = settings.query.trim().to_owned();
                let query = match self.like.get_untracked() {
                    Some(picture) => Query::Like(picture),
                    None if text.is_empty() => return None,
                    None => Query::Text(text.clone()),
                };
                let request = Request::Search {
                    pictures: pictures.clone(),
                    query,
                };
                (pictures, vec![text], request)
            }
            Mode::Match => {
                let captions = text_list::captions(&settings.captions);
                let pictures = self.encoded(|_| true);
                let known = self.table.with_untracked(|table| {
                    table.captions == captions && table.pictures == pictures
                });
                let pictures = if known { Vec::new() } else { pictures };
                let request = Request::Match {
                    pictures: pictures.clone(),
                    captions: captions.clone(),
                };
                (pictures, captions, request)
            }
        };
        let open = !pictures.is_empty() && !texts.is_empty();
        open.then_some((pictures, texts, request))
    }

    fn encoded(self, wanted: impl Fn(&Picture) -> bool) -> Vec<PictureId> {
        self.library.pictures.with_untracked(|pictures| {
            let encoded = pictures.iter().filter(|picture| {
                let encoded = |phase: &Phase| *phase == Phase::Encoded;
                picture.phase.with_untracked(encoded) && wanted(picture)
            });
            encoded.map(|picture| picture.id).collect()
        })
    }

    pub(super) fn show_rankings(self, pictures: &[PictureId], answer: RankAnswer) {
        let answer = Arc::new(answer);
        for (row, id) in pictures.iter().enumerate() {
            let picture = self.library.get(*id);
            if let (Some(picture), Some(ranking)) = (picture, Ranking::new(answer.clone(), row)) {
                picture.ranking.set(Some(ranking));
            }
        }
        self.show_notes(&answer);
        self.library.touch();
    }

    /// Shows the notes on the labels, if they have changed: a camera's answers come many times a
    /// second.
    pub(super) fn show_notes(self, answer: &RankAnswer) {
        let notes = answer.labels.iter().cloned().zip(answer.notes.clone());
        let notes = notes.collect();
        if self.notes.with_untracked(|shown| *shown != notes) {
            self.notes.set(notes);
        }
    }

    pub(super) fn show_cosines(
        self,
        scoring: Scoring,
        cosines: Vec<Vec<Option<f32>>>,
        notes: Vec<TextNote>,
    ) {
        let mut table = Table {
            pictures: scoring.pictures,
            captions: scoring.texts,
            notes,
            cosines,
        };
        // A picture may have been removed meanwhile.
        for id in table.pictures.clone() {
            if self.library.get(id).is_none() {
                table.remove(id);
            }
        }
        self.table.set(table);
        self.library.touch();
    }

    pub(super) fn show_found(self, scoring: &Scoring, cosines: &[f32], note: TextNote) {
        let refused = matches!(note, TextNote::Refused(_));
        self.found.update(|found| {
            if found.revision != scoring.revision {
                *found = Found {
                    revision: scoring.revision,
                    ..Found::default()
                };
            }
            found.note = Some(note);
            let known = scoring
                .pictures
                .iter()
                .copied()
                .zip(cosines.iter().copied());
            found.cosines.extend(known);
        });
        if refused {
            self.inner
                .update_value(|inner| inner.given_up = Some(scoring.revision));
        }
        self.library.touch();
    }

    pub(super) fn take_scoring(self, id: RequestId) -> Option<Scoring> {
        let scoring = self
            .inner
            .try_update_value(|inner| inner.scoring.take_if(|scoring| scoring.id == id))
            .flatten()?;
        self.texts.set(None);
        Some(scoring)
    }
}
