//! Gathers the answers of the moment.

use std::collections::HashMap;

use glance_protocol::PictureId;
use leptos::prelude::*;

use super::models::model_state::ModelState;
use super::state::Session;
use crate::picture::{Entry, NONE_OF_THESE, Phase, Picture};
use crate::settings::{Mode, Settings};
use crate::table::Table;
use crate::take_away::results::{PictureResult, Results, Score};
use crate::texts;

impl Session {
    /// The answers that the page shows, for the selected tab.
    pub fn results(self) -> Results {
        let settings = self.settings.get_untracked();
        let mode = settings.mode;
        let prompts = match mode {
            Mode::Sort => settings.templates(),
            Mode::Search | Mode::Match => Vec::new(),
        };
        let (texts, pictures) = match mode {
            Mode::Sort => self.rankings(settings),
            Mode::Search => self.nearness(settings),
            Mode::Match => self.cosines(),
        };
        let model = match self.model.get_untracked() {
            ModelState::Ready(info) => Some(info.name),
            _ => None,
        };
        Results {
            model,
            prompts,
            texts,
            pictures,
        }
    }

    fn rankings(self, settings: Settings) -> (Vec<String>, Vec<PictureResult>) {
        let labels = settings.labels.len();
        let mut texts = settings.labels;
        if settings.none_of_these {
            texts.push(NONE_OF_THESE.to_owned());
        }
        let revision = self.revision.get_untracked();
        let pictures = self.all(|picture| ranked(picture, &texts, labels, revision));
        (texts, pictures)
    }

    fn nearness(self, settings: Settings) -> (Vec<String>, Vec<PictureResult>) {
        let like = self
            .like
            .get_untracked()
            .and_then(|id| self.library.get(id));
        let text = like.map_or(settings.query, |like| format!("like {}", like.name));
        let texts = vec![text];
        let found = self.found.get_untracked();
        let pictures = self.all(|picture| match found.cosines.get(&picture.id) {
            Some(cosine) => scored(picture, &texts, vec![Some(Score::new(None, *cosine))]),
            None => without(picture),
        });
        (texts, pictures)
    }

    fn cosines(self) -> (Vec<String>, Vec<PictureResult>) {
        let Table {
            pictures: rows,
            captions: texts,
            cosines,
            ..
        } = self.table.get_untracked();
        let rows: HashMap<PictureId, Vec<Option<f32>>> = rows.into_iter().zip(cosines).collect();
        let pictures = self.all(|picture| {
            let Some(row) = rows.get(&picture.id) else {
                return without(picture);
            };
            let scores = row.iter().map(|cosine| Some(Score::new(None, (*cosine)?)));
            scored(picture, &texts, scores.collect())
        });
        (texts, pictures)
    }

    fn all(self, result: impl Fn(&Picture) -> PictureResult) -> Vec<PictureResult> {
        self.library
            .pictures
            .with_untracked(|pictures| pictures.iter().map(|picture| result(picture)).collect())
    }
}

/// The ranking of a picture, if it answers this revision of the question. The first `labels` texts are
/// labels; one more is "none of these".
fn ranked(picture: &Picture, texts: &[String], labels: usize, revision: u32) -> PictureResult {
    let ranking = picture.ranking.get_untracked();
    let Some(ranking) = ranking.filter(|ranking| ranking.revision() == revision) else {
        return without(picture);
    };
    let entries = ranking.entries();
    let entries: HashMap<Option<&str>, &Entry> = entries
        .iter()
        .map(|entry| {
            let label = entry.label.as_str();
            ((!entry.none_of_these).then_some(label), entry)
        })
        .collect();
    let scores = texts.iter().enumerate().map(|(at, text)| {
        let entry = entries.get(&(at < labels).then_some(text.as_str()))?;
        Some(Score::new(Some(entry.probability), entry.cosine))
    });
    scored(picture, texts, scores.collect())
}

fn scored(picture: &Picture, texts: &[String], scores: Vec<Option<Score>>) -> PictureResult {
    let moved = picture.moved.get_untracked();
    PictureResult::new(picture.name.clone(), moved, texts, scores)
}

fn without(picture: &Picture) -> PictureResult {
    let problem = match picture.phase.get_untracked() {
        Phase::Failed { message, .. } => message,
        _ => texts::take_away_no_answer().to_owned(),
    };
    PictureResult::without(picture.name.clone(), picture.moved.get_untracked(), problem)
}
