//! Gathers the answers of the moment.

use std::collections::HashMap;

use glance_protocol::PictureId;
use leptos::prelude::*;

use super::model_state::ModelState;
use super::questions::NONE_OF_THESE;
use super::state::Session;
use crate::picture::{Entry, Phase, Picture};
use crate::results::{PictureResult, Results, Score};
use crate::settings::Mode;
use crate::table::Table;

/// A picture that has no answer yet.
const WAITS: &str = "It has no answer yet.";
impl Session {
    /// The answers that the page shows, for the selected tab.
    pub fn results(self) -> Results {
        let settings = self.settings.get_untracked();
        let model = match self.model.get_untracked() {
            ModelState::Ready(info) => Some(info.name),
            _ => None,
        };
        match settings.mode {
            Mode::Labels => {
                let prompts = settings
                    .templates()
                    .into_iter()
                    .map(str::to_owned)
                    .collect();
                let labels = settings.labels.len();
                let mut texts = settings.labels;
                if settings.none_of_these {
                    texts.push(NONE_OF_THESE.to_owned());
                }
                let revision = self.revision.get_untracked();
                let pictures = self.all(|picture| ranked(picture, &texts, labels, revision));
                Results {
                    model,
                    prompts,
                    texts,
                    pictures,
                }
            }
            Mode::Captions => {
                let Table {
                    pictures: rows,
                    captions: texts,
                    cosines,
                    ..
                } = self.table.get_untracked();
                let rows: HashMap<PictureId, Vec<Option<f32>>> =
                    rows.into_iter().zip(cosines).collect();
                let pictures = self.all(|picture| {
                    let Some(row) = rows.get(&picture.id) else {
                        return without(picture);
                    };
                    let scores = row.iter().map(|cosine| Some(Score::new(None, (*cosine)?)));
                    PictureResult::new(picture.name, &texts, scores.collect())
                });
                Results {
                    model,
                    prompts: Vec::new(),
                    texts,
                    pictures,
                }
            }
        }
    }

    fn all(self, result: impl Fn(Picture) -> PictureResult) -> Vec<PictureResult> {
        self.pictures
            .get_untracked()
            .into_iter()
            .map(result)
            .collect()
    }
}

/// The ranking of a picture, if it answers this revision of the question. The first `labels` texts are
/// labels; one more is "none of these".
fn ranked(picture: Picture, texts: &[String], labels: usize, revision: u32) -> PictureResult {
    let ranking = picture.ranking.get_untracked();
    let Some(ranking) = ranking.filter(|ranking| ranking.revision == revision) else {
        return without(picture);
    };
    let entries: HashMap<(&str, bool), &Entry> = ranking
        .entries
        .iter()
        .map(|entry| ((entry.label.as_str(), entry.none_of_these), entry))
        .collect();
    let scores = texts.iter().enumerate().map(|(at, text)| {
        let entry = entries.get(&(text.as_str(), at == labels))?;
        Some(Score::new(Some(entry.probability), entry.cosine))
    });
    PictureResult::new(picture.name.clone(), texts, scores.collect())
}

fn without(picture: Picture) -> PictureResult {
    let problem = match picture.phase.get_untracked() {
        Phase::Failed { message, .. } => message,
        _ => WAITS.to_owned(),
    };
    PictureResult::without(picture.name, problem)
}
