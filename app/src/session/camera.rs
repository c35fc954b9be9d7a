//! Ranks labels for what a camera shows.

use std::sync::Arc;

use glance_protocol::{Answer, ErrorKind, Failure, Request};
use leptos::prelude::*;

use super::models::model_state::ModelState;
use super::state::Session;
use crate::picture::{RankAnswer, Ranking};
use crate::texts;

impl Session {
    /// Whether a frame can be ranked: a model runs, and there are labels. Tracks both.
    pub fn can_look(self) -> bool {
        let ready = self
            .model
            .with(|model| matches!(model, ModelState::Ready(_)));
        ready && self.settings.with(|settings| !settings.labels.is_empty())
    }

    /// Ranks the present labels for a square of RGBA `[side, side, 4]`; waits for the answer.
    ///
    /// # Errors
    /// Those of [`Session::ask`].
    pub async fn look(self, side: u32, pixels: Vec<u8>) -> Result<Ranking, Failure> {
        let settings = self.settings.get_untracked();
        let revision = self.revision.get_untracked();
        let request = Request::Look {
            side,
            pixels,
            labels: settings.labels.clone(),
            templates: settings.templates(),
            none_of_these: settings.none_of_these,
            examples: self.inner.with_value(|inner| inner.examples.clone()),
        };
        let answer = match self.ask(request, &[]).await? {
            Answer::Rankings { scores, notes } => RankAnswer {
                revision,
                labels: settings.labels,
                notes,
                scores,
            },
            _ => return Err(no_ranking()),
        };
        self.show_notes(&answer);
        Ranking::new(Arc::new(answer), 0).ok_or_else(no_ranking)
    }
}

fn no_ranking() -> Failure {
    Failure {
        kind: ErrorKind::Unknown,
        message: texts::session_no_answer().to_owned(),
    }
}
