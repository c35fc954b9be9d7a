//! Cancel, retry, and a connection that comes back.

use glance_protocol::{ErrorKind, ToWorker};
use leptos::prelude::*;

use super::models::model_state::ModelState;
use super::state::Session;
use crate::picture::Phase;

impl Session {
    /// Cancels what runs: packing pictures, fetching or reading them, loading the model, checking a
    /// stored one, or looking at pictures.
    pub fn cancel(self) {
        if self.packing.with_untracked(Option::is_some) {
            self.packing.set(None);
            return;
        }
        if self.cancel_gathering() {
            return;
        }
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
        let failed = |phase: &Phase| matches!(phase, Phase::Failed { retry: true, .. });
        for id in self.library.in_phase(failed) {
            self.library.set_phase(id, Phase::Waiting);
            self.inner.update_value(|inner| inner.waiting.push_back(id));
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
