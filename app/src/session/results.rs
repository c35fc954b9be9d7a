//! Gathers the answers of the moment.

use glance_protocol::PictureId;
use leptos::prelude::*;

use super::model_state::ModelState;
use super::questions::NONE_OF_THESE;
use super::state::Session;
use crate::picture::{Phase, Picture};
use crate::results::{PictureResult, Results, Score};
use crate::settings::Mode;

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
                let result = |picture| ranked(picture, &texts, labels, revision);
                Results {
                    model,
                    prompts,
                    pictures: self.all(result),
                    texts,
                }
            }
            Mode::Captions => {
                let table = self.table.get_untracked();
                let texts = table.captions.clone();
                let result = |picture: Picture| {
                    let of = |id: PictureId| table.pictures.iter().position(|other| *other == id);
                    let Some(row) = of(picture.id).and_then(|row| table.cosines.get(row)) else {
                        return without(picture);
                    };
                    let scores = row.iter().map(|cosine| Some(Score::new(None, (*cosine)?)));
                    PictureResult::new(picture.name, &texts, scores.collect())
                };
                Results {
                    model,
                    prompts: Vec::new(),
                    pictures: self.all(result),
                    texts: texts.clone(),
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
    let score = |at: usize, text: &String| {
        let none_of_these = at == labels;
        let mut entries = ranking.entries.iter();
        let entry =
            entries.find(|entry| entry.none_of_these == none_of_these && entry.label == *text)?;
        Some(Score::new(Some(entry.probability), entry.cosine))
    };
    let scores = texts.iter().enumerate().map(|(at, text)| score(at, text));
    PictureResult::new(picture.name.clone(), texts, scores.collect())
}

fn without(picture: Picture) -> PictureResult {
    let problem = match picture.phase.get_untracked() {
        Phase::Failed { message, .. } => message,
        _ => WAITS.to_owned(),
    };
    PictureResult::without(picture.name, problem)
}
