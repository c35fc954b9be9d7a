//! What the worker says.

use std::sync::Arc;

use super::*;
use crate::picture::{Entry, Ranking};

/// How the neutral entry is called.
const NONE_OF_THESE: &str = "none of these";

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
            // The connection reports a death in its own way.
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
            Progress::Looking => self.looks_at(id),
            _ if loads => {
                self.repairing(progress);
                self.model.set(ModelState::Loading(Some(progress)));
            }
            Progress::Checking { done, total } => self.check_advances(id, done, total),
            _ => {}
        }
    }

    fn looks_at(self, id: RequestId) {
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
            // Helpers say this to the worker that they help.
            Answer::Assisting | Answer::Encoded(_) => {}
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
                    // A picture may have gone while the answer was on its way.
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

    fn show_rankings(
        self,
        scoring: &Scoring,
        pictures: Vec<Vec<glance_engine::web::protocol::RankedLabel>>,
        notes: Vec<TextNote>,
    ) {
        for (id, ranked) in scoring.pictures.iter().zip(pictures) {
            let Some(picture) = self.picture(*id) else {
                continue;
            };
            let entries = ranked.into_iter().filter_map(|ranked| {
                let index = ranked.label.map(|index| index as usize);
                let label = match index {
                    Some(index) => scoring.texts.get(index)?.clone(),
                    None => NONE_OF_THESE.to_owned(),
                };
                let note = index.and_then(|index| notes.get(index));
                Some(Entry {
                    label,
                    none_of_these: index.is_none(),
                    probability: ranked.probability,
                    cosine: ranked.cosine,
                    truncated: note == Some(&TextNote::Truncated),
                })
            });
            let ranking = Ranking {
                revision: scoring.revision,
                entries: entries.collect(),
            };
            picture.ranking.set(Some(Arc::new(ranking)));
        }
        self.notes
            .set(scoring.texts.iter().cloned().zip(notes).collect());
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
            // What was cancelled has ended: a model that was coming is stored as far as it came.
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

    fn take_scoring(self, id: RequestId) -> Option<Scoring> {
        let scoring = self
            .inner
            .try_update_value(|inner| inner.scoring.take_if(|scoring| scoring.id == id))
            .flatten()?;
        self.texts.set(None);
        Some(scoring)
    }
}
