//! Starts the worker, and a new one after a crash.

use glance_protocol::{ErrorKind, PictureId};
use leptos::prelude::*;

use super::models::model_state::ModelState;
use super::state::Session;
use crate::connection::{Connection, Signal};
use crate::picture::Phase;
use crate::texts;

/// Workers that may die in a row before the page stops starting new ones.
const MAX_DEATHS: u32 = 2;

impl Session {
    /// Starts a worker, which loads the model once it has started.
    pub fn start(self) {
        self.model.set(ModelState::Loading(None));
        let connection = Connection::open(move |signal| match signal {
            Signal::Said(message) => self.hear(message),
            Signal::Died => self.restart(),
        });
        if connection.is_none() {
            self.model_fails(ErrorKind::Device, texts::session_no_engine());
        }
        self.inner.update_value(|inner| {
            inner.connection = connection;
            inner.started = false;
        });
    }

    /// Replaces a worker that died, or whose device was lost. All its pictures are encoded again.
    /// Those that it was encoding are retried only once, so that one bad picture cannot stop the
    /// rest.
    pub(super) fn restart(self) {
        let dead = self.inner.try_update_value(|inner| {
            inner.deaths += 1;
            inner.started = false;
            inner.load = None;
            // Dropping them tells those who wait.
            inner.asked.clear();
            (
                inner.connection.take(),
                std::mem::take(&mut inner.embedding),
                inner.scoring.take(),
                inner.deaths,
            )
        });
        let Some((_connection, embedding, scoring, deaths)) = dead else {
            return;
        };
        self.texts.set(None);
        self.forget_stored_requests();
        let looked_at = |picture: &PictureId| {
            let picture = self.library.get(*picture);
            picture.is_some_and(|picture| picture.phase.get_untracked() == Phase::Running)
        };
        let suspects = embedding.into_iter().map(|(_, picture)| picture);
        let suspects: Vec<_> = suspects.filter(looked_at).collect();
        self.requeue(&[Phase::Encoded, Phase::Running]);
        for picture in &suspects {
            let tries = self.inner.try_update_value(|inner| {
                let tries = inner.tries.entry(*picture).or_default();
                *tries += 1;
                *tries
            });
            if tries.is_some_and(|tries| tries > 1) {
                let failed = Phase::Failed {
                    message: texts::session_stopped_at_picture().to_owned(),
                    retry: true,
                };
                self.library.set_phase(*picture, failed);
                self.inner.update_value(|inner| inner.deaths = 0);
            }
        }
        if suspects.is_empty() && deaths > MAX_DEATHS {
            self.inner.update_value(|inner| {
                inner.given_up = scoring.map(|scoring| scoring.revision);
            });
            self.model_fails(ErrorKind::Lost, texts::session_keeps_stopping());
            return;
        }
        self.start();
    }
}
