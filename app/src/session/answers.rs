//! Handles the worker's messages.

use glance_protocol::{Answer, ErrorKind, Failure, PictureId, Progress, RequestId, ToPage};
use leptos::prelude::*;

use super::models::model_state::ModelState;
use super::sentences;
use super::state::Session;
use crate::picture::{Phase, RankAnswer};

impl Session {
    pub(super) fn hear(self, mut message: ToPage) {
        sentences::translate(&mut message);
        match message {
            ToPage::Started => {
                self.inner.update_value(|inner| inner.started = true);
                self.load();
                self.refresh_stored();
                self.look_for_earlier();
            }
            ToPage::Progress { id, progress } => self.progress(id, progress),
            ToPage::Answer { id, answer } => self.answered(id, answer),
            ToPage::Failed { id, failure } => self.failed(id, failure),
            ToPage::Thumbnail { picture, jpeg } => self.show_thumbnail(picture, &jpeg),
            ToPage::Changed(info) => self.changed(info),
            ToPage::Kept { id, refusal } => self.kept(&id, refusal),
            ToPage::NotRemembered(why) => self.not_remembered(why),
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
            self.library.set_phase(picture, Phase::Running);
        }
    }

    fn answered(self, id: RequestId, answer: Answer) {
        if let Some(waiting) = self.take_asked(id) {
            // Nobody waits any more if this part of the page is gone.
            let _ = waiting.send(Ok(answer));
            return;
        }
        match answer {
            Answer::Loaded(info) => self.loaded(id, info),
            Answer::Described(description) => self.described(id, description),
            Answer::Stored(storage) => self.listed(id, storage),
            Answer::Verified { damaged } => self.verified(id, damaged),
            Answer::Embedded { content } => {
                if let Some(picture) = self.take_embedding(id) {
                    self.inner.update_value(|inner| {
                        inner.deaths = 0;
                        inner.tries.remove(&picture);
                        inner.embedded.insert(picture);
                    });
                    self.library.set_phase(picture, Phase::Encoded);
                    self.await_thumbnail(picture);
                    self.learn_content(picture, content);
                }
            }
            Answer::Rankings { scores, notes } => {
                if let Some(scoring) = self.take_scoring(id) {
                    let answer = RankAnswer {
                        revision: scoring.revision,
                        labels: scoring.texts,
                        notes,
                        scores,
                    };
                    self.show_rankings(&scoring.pictures, answer);
                }
            }
            Answer::Cosines { rows, notes } => {
                if let Some(scoring) = self.take_scoring(id) {
                    self.show_cosines(scoring, rows, notes);
                }
            }
            Answer::Found { cosines, note } => {
                if let Some(scoring) = self.take_scoring(id) {
                    self.show_found(&scoring, &cosines.0, note);
                }
            }
            // Only asked for by [`Session::ask`].
            Answer::Corrections { .. }
            | Answer::Embeddings { .. }
            | Answer::TextEmbeddings { .. }
            | Answer::Speed { .. }
            | Answer::Regions(_)
            | Answer::Groups { .. }
            | Answer::Remembered { .. }
            | Answer::Recalled { .. } => {}
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
        if let Some(waiting) = self.take_asked(id) {
            let _ = waiting.send(Err(failure));
            return;
        }
        let Failure { kind, message } = failure;
        if let Some(picture) = self.take_embedding(id) {
            let retry = kind != ErrorKind::Picture;
            self.library
                .set_phase(picture, Phase::Failed { message, retry });
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
