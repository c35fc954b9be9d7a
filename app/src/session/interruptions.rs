//! What stops work, and how it is taken up again: the person, the connection, a worker that dies.

use super::*;

impl Session {
    /// Stops what runs: the model's loading, the check of a stored one, or the pictures.
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
        self.have_wait(&[Phase::Running]);
        self.texts.set(None);
    }

    /// Takes up again what was stopped or failed.
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

    /// The browser has a connection again: a model that waits for one is fetched.
    pub fn connected(self) {
        let waits = self.model.with_untracked(|model| {
            matches!(model, ModelState::Failed(failure) if failure.kind == ErrorKind::Connection)
        });
        if waits {
            self.retry();
        }
    }

    /// Replaces a worker that died, or whose device was lost. What it knew is asked again; what it
    /// was at is tried once more and then given up, so that one bad picture cannot stop the rest.
    pub(super) fn restart(self) {
        let dead = self.inner.try_update_value(|inner| {
            inner.deaths += 1;
            inner.started = false;
            inner.load = None;
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
            let picture = self.picture(*picture);
            picture.is_some_and(|picture| picture.phase.get_untracked() == Phase::Running)
        };
        let suspects = embedding.into_iter().map(|(_, picture)| picture);
        let suspects: Vec<_> = suspects.filter(looked_at).collect();
        self.have_wait(&[Phase::Encoded, Phase::Running]);
        for picture in &suspects {
            let tries = self.inner.try_update_value(|inner| {
                let tries = inner.tries.entry(*picture).or_default();
                *tries += 1;
                *tries
            });
            if tries.is_some_and(|tries| tries > 1) {
                let message = "The engine stopped at this picture twice; the others go on.";
                let failed = Phase::Failed {
                    message: message.to_owned(),
                    retry: true,
                };
                self.set_phase(*picture, failed);
                self.inner.update_value(|inner| inner.deaths = 0);
            }
        }
        if suspects.is_empty() && deaths > MAX_DEATHS {
            self.inner.update_value(|inner| {
                inner.given_up = scoring.map(|scoring| scoring.revision);
            });
            let message = "The engine stopped and does not come back; try again, or reload.";
            self.model_fails(ErrorKind::Lost, message);
            return;
        }
        self.start();
    }
}
