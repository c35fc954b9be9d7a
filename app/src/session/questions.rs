//! Asks the worker for rankings and cosines, and shows its answers.

use std::sync::Arc;

use glance_protocol::{RankedLabel, Request, RequestId, TextNote, ToWorker};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use super::model_state::ModelState;
use super::state::{Scoring, Session};
use crate::picture::{Entry, Phase, Picture, Ranking};
use crate::settings::{Mode, Settings};
use crate::text_list;

/// Pause in typing after which labels are encoded again.
const TYPING_PAUSE_MILLISECONDS: u32 = 300;
/// The name of the neutral entry.
pub(super) const NONE_OF_THESE: &str = "none of these";

impl Session {
    /// Changes settings that are part of the question, and asks it again once typing pauses.
    pub fn edit(self, change: impl FnOnce(&mut Settings)) {
        self.remember(change);
        self.revision.update(|revision| *revision += 1);
        let typing = Timeout::new(TYPING_PAUSE_MILLISECONDS, move || self.advance());
        self.inner.update_value(|inner| inner.typing = Some(typing));
    }

    /// Adds labels from typed or pasted text.
    pub fn add_labels(self, text: &str) {
        let mut full = false;
        self.edit(|settings| full = text_list::add_labels(&mut settings.labels, text));
        if full {
            self.say(format!(
                "A page ranks {} labels at most.",
                text_list::MAX_LABELS
            ));
        }
    }

    /// Sends all requests that can be sent now.
    pub(super) fn advance(self) {
        if !matches!(self.model.get_untracked(), ModelState::Ready(_)) {
            return;
        }
        self.score();
        if !self.paused.get_untracked() {
            self.send_pictures();
        }
    }

    /// Asks the current question about the pictures that have no answer to it yet.
    fn score(self) {
        let revision = self.revision.get_untracked();
        let settings = self.settings.get_untracked();
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
        let encoded = self
            .pictures
            .get_untracked()
            .into_iter()
            .filter(|picture| picture.phase.get_untracked() == Phase::Encoded);
        let (pictures, texts, request) = match settings.mode {
            Mode::Labels => {
                let answered = |picture: &Picture| {
                    picture.ranking.with_untracked(|ranking| {
                        ranking
                            .as_ref()
                            .is_some_and(|ranking| ranking.revision == revision)
                    })
                };
                let pictures: Vec<_> = encoded.filter(|p| !answered(p)).map(|p| p.id).collect();
                let request = Request::Rank {
                    pictures: pictures.clone(),
                    labels: settings.labels.clone(),
                    templates: settings
                        .templates()
                        .into_iter()
                        .map(str::to_owned)
                        .collect(),
                    none_of_these: settings.none_of_these,
                };
                (pictures, settings.labels, request)
            }
            Mode::Captions => {
                let captions = text_list::captions(&settings.captions);
                let pictures: Vec<_> = encoded.map(|picture| picture.id).collect();
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
        if pictures.is_empty() || texts.is_empty() {
            return;
        }
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

    pub(super) fn show_rankings(
        self,
        scoring: &Scoring,
        pictures: Vec<Vec<RankedLabel>>,
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

    pub(super) fn take_scoring(self, id: RequestId) -> Option<Scoring> {
        let scoring = self
            .inner
            .try_update_value(|inner| inner.scoring.take_if(|scoring| scoring.id == id))
            .flatten()?;
        self.texts.set(None);
        Some(scoring)
    }
}
