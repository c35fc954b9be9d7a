//! Handles the worker's messages.

use glance_protocol::{Answer, ErrorKind, Failure, PictureId, Progress, RequestId, ToPage};
use leptos::prelude::*;

use super::model_state::ModelState;
use super::state::{Scoring, Session};
use crate::picture::Phase;
use crate::table::Table;

impl Session {
    pub(super) fn hear(self, message: ToPage) {
        match message {
            ToPage::Started => {
                self.inner.update_value(|inner| inner.started = true);
                self.load();
                self.refresh_stored();
            }
            ToPage::Progress { id, progress } => self.progress(id, progress),
            ToPage::Answer { id, answer } => self.answered(id, answer),
            ToPage::Failed { id, failure } => self.failed(id, failure),
            ToPage::Changed(info) => self.changed(info),
            ToPage::Kept { id, refusal } => self.kept(&id, refusal),
            // The connection reports this as `Signal::Died`.
            ToPage::Crashed(_) => {}
        }
    }

    fn progress(self, id: RequestId, progress: Progress) {
        let (loads, scores) = self.inner.with_value(|inner| {
            let scores = inner
                .scoring
                .as_ref()
                .is_some_and(|scoring| scoring.id == id);
            (inner.load == Some(id), scores)
        });
        match progress {
            Progress::Texts { done, total } if scores => self.texts.set(Some((done, total))),
            Progress::Texts { .. } => {}
            Progress::Looking => self.encoding_began(id),
            _ if loads => {
                self.repairing(progress);
                self.model.set(ModelState::Loading(Some(progress)));
            }
            Progress::Checking { done, total } => self.check_advances(id, done, total),
            _ => {}
        }
    }

    fn encoding_began(self, id: RequestId) {
        let sent = self.inner.with_value(|inner| {
            let mut sent = inner.embedding.iter();
            sent.find(|(request, _)| *request == id).copied()
        });
        if let Some((_, picture)) = sent {
            self.set_phase(picture, Phase::Running);
        }
    }

    fn answered(self, id: RequestId, answer: Answer) {
        match answer {
            Answer::Loaded(info) => self.loaded(id, info),
            Answer::Described(description) => self.described(id, description),
            Answer::Stored(storage) => self.listed(id, storage),
            Answer::Verified { damaged } => self.verified(id, damaged),
            Answer::Embedded => {
                if let Some(picture) = self.take_embedding(id) {
                    self.inner.update_value(|inner| {
                        inner.deaths = 0;
                        inner.tries.remove(&picture);
                    });
                    self.set_phase(picture, Phase::Encoded);
                }
            }
            Answer::Rankings { pictures, notes } => {
                if let Some(scoring) = self.take_scoring(id) {
                    self.show_rankings(&scoring, pictures, notes);
                }
            }
            Answer::Cosines { rows, notes } => {
                if let Some(Scoring {
                    pictures,
                    texts: captions,
                    ..
                }) = self.take_scoring(id)
                {
                    self.table.set(Table {
                        pictures,
                        captions,
                        notes,
                        cosines: rows,
                    });
                    // A picture may have been removed meanwhile.
                    let here = |id: &PictureId| self.picture(*id).is_some();
                    let all = self.table.with_untracked(|table| table.pictures.clone());
                    for gone in all.into_iter().filter(|id| !here(id)) {
                        self.table.update(|table| table.remove(gone));
                    }
                }
            }
        }
        self.advance();
    }

    fn failed(self, id: RequestId, failure: Failure) {
        if failure.kind == ErrorKind::Lost {
            return self.restart();
        }
        if self.model_failed(id, &failure) || self.stored_failed(id, &failure) {
            return;
        }
        let Failure { kind, message } = failure;
        if let Some(picture) = self.take_embedding(id) {
            let retry = kind != ErrorKind::Picture;
            self.set_phase(picture, Phase::Failed { message, retry });
        } else if let Some(scoring) = self.take_scoring(id) {
            self.inner
                .update_value(|inner| inner.given_up = Some(scoring.revision));
            self.say(message);
        } else {
            // A cancelled request has ended. If it was a download, its finished pieces are stored.
            self.refresh_stored();
        }
        self.advance();
    }

    fn take_embedding(self, id: RequestId) -> Option<PictureId> {
        let taken = self.inner.try_update_value(|inner| {
            let mut sent = inner.embedding.iter();
            let at = sent.position(|(request, _)| *request == id)?;
            Some(inner.embedding.remove(at))
        });
        taken.flatten().map(|(_, picture)| picture)
    }
}
