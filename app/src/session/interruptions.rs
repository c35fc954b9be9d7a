//! Cancel, retry, and a connection that comes back.

use glance_protocol::{ErrorKind, ToWorker};
use leptos::prelude::*;

use super::model_state::ModelState;
use super::state::Session;
use crate::picture::Phase;

impl Session {
    /// Cancels what runs: loading the model, checking a stored one, or the pictures.
    pub fn cancel(self) {
        let revision = self.revision.get_untracked();
        if matches!(self.model.get_untracked(), ModelState::Loading(_)) {
            self.inner.update_value(|inner| match inner.load.take() {
                Some(id) => inner.tell(&ToWorker::Cancel(id)),
                None => inner.connection = None,
            });
            self.model.set(ModelState::Idle);
            return;
        }
        if self.cancel_check() {
            return;
        }
        self.paused.set(true);
        self.inner.update_value(|inner| {
            inner.given_up = Some(revision);
            inner.cancel_work();
        });
        self.requeue(&[Phase::Running]);
        self.texts.set(None);
    }

    /// Resumes what was stopped or failed.
    pub fn retry(self) {
        self.paused.set(false);
        self.message.set(String::new());
        self.inner.update_value(|inner| {
            inner.given_up = None;
            inner.deaths = 0;
            inner.tries.clear();
        });
        for picture in self.pictures.get_untracked() {
            if matches!(
                picture.phase.get_untracked(),
                Phase::Failed { retry: true, .. }
            ) {
                picture.phase.set(Phase::Waiting);
            }
        }
        match self.model.get_untracked() {
            ModelState::Idle | ModelState::Failed(_) => {
                if self
                    .inner
                    .with_value(|inner| inner.connection.is_some() && inner.started)
                {
                    self.load();
                } else {
                    self.start();
                }
            }
            ModelState::Loading(_) => {}
            ModelState::Ready(_) => self.advance(),
        }
    }

    /// Retries a model that failed without a connection, now that the browser is online.
    pub fn connected(self) {
        let waits = self.model.with_untracked(|model| {
            matches!(model, ModelState::Failed(failure) if failure.kind == ErrorKind::Connection)
        });
        if waits {
            self.retry();
        }
    }
}
