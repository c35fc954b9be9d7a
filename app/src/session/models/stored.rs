//! The models on this device: the list, checking and deleting, and noticing what the browser has
//! removed.

use glance_protocol::{
    Failure, ModelInfo, ModelSource, Progress, Request, RequestId, Storage, StoredModel, ToWorker,
};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::model_state::{ModelState, chosen};
use crate::browser::storage::persistence;
use crate::session::state::Session;
use crate::settings::ChosenModel;
use crate::texts;

impl Session {
    /// Opens or closes the sheet of models, which lists the stored ones.
    pub fn watch_stored(self, watched: bool) {
        self.stored.watched.set(watched);
        self.stored.result.set(String::new());
        self.refresh_stored();
    }

    /// Requests the list again if it is open.
    pub(crate) fn refresh_stored(self) {
        if self.stored.watched.get_untracked() {
            self.inner.update_value(|inner| {
                if inner.started {
                    inner.run(Request::Stored, &[]);
                }
            });
        }
    }

    /// Verifies a stored model; one model at a time.
    pub fn check_stored(self, model: StoredModel) {
        let name = model.name.clone();
        let asked = self.inner.try_update_value(|inner| {
            if !inner.started || inner.stored.checking.is_some() {
                return false;
            }
            let id = inner.run(
                Request::Verify {
                    model: model.id.clone(),
                },
                &[],
            );
            inner.stored.checking = Some((id, model));
            true
        });
        if asked == Some(true) {
            self.stored.check.set(Some((0.0, 0.0)));
            self.stored.result.set(texts::models_checking(&name));
        }
    }

    /// Deletes a stored model.
    pub fn delete_stored(self, model: StoredModel) {
        let fetched = matches!(self.model.get_untracked(), ModelState::Loading(_))
            && self
                .settings
                .with_untracked(|settings| settings.model == chosen(&model));
        if fetched {
            self.cancel();
        }
        let name = model.name.clone();
        let asked = self.inner.try_update_value(|inner| {
            if !inner.started {
                return false;
            }
            let id = inner.run(
                Request::Delete {
                    model: model.id.clone(),
                },
                &[],
            );
            inner.stored.deleting.insert(id, model);
            true
        });
        self.stored.result.set(match asked {
            Some(true) => texts::models_deleting(&name),
            _ => texts::models_engine_starting().to_owned(),
        });
    }

    /// Asks the browser to keep stored models until the person deletes them; calls `agreed` if it
    /// will.
    pub fn ask_to_keep(self, agreed: impl FnOnce() + 'static) {
        persistence::ask(move |granted| {
            if granted {
                agreed();
            }
            let result = match granted {
                true => texts::models_keep_granted(),
                false => texts::models_keep_refused(),
            };
            self.stored.result.set(result.to_owned());
            self.refresh_stored();
        });
    }

    pub(crate) fn listed(self, id: RequestId, storage: Storage) {
        let deleted = self
            .inner
            .try_update_value(|inner| inner.stored.deleting.remove(&id))
            .flatten();
        if let Some(model) = deleted {
            self.forget_kept(&model.id);
            let name = model.name;
            self.stored.result.set(match self.uses(&model.id) {
                true => texts::models_deleted_in_use(&name),
                false => texts::models_deleted(&name),
            });
        }
        self.stored.storage.set(Some(storage));
    }

    pub(crate) fn check_advances(self, id: RequestId, done: f64, total: f64) {
        if self.inner.with_value(|inner| inner.stored.checks(id)) {
            self.stored.check.set(Some((done, total)));
        }
    }

    pub(crate) fn verified(self, id: RequestId, damaged: u32) {
        let Some(model) = self.take_check(id) else {
            return;
        };
        let name = &model.name;
        let result = match (damaged, &model.from) {
            (0, _) => texts::models_sound(name),
            (_, Some(_)) => texts::models_damaged_fetched(damaged as usize, name),
            (_, None) => texts::models_damaged_files(damaged as usize, name),
        };
        if damaged > 0 {
            self.forget_kept(&model.id);
        }
        self.stored.result.set(result);
        self.refresh_stored();
    }

    /// Handles a failure if it was about stored models, and returns whether it was.
    pub(crate) fn stored_failed(self, id: RequestId, failure: &Failure) -> bool {
        let deleted = self
            .inner
            .try_update_value(|inner| inner.stored.deleting.remove(&id))
            .flatten();
        let ours = deleted.is_some() || self.take_check(id).is_some();
        if ours {
            self.stored.result.set(failure.message.clone());
            self.refresh_stored();
        }
        ours
    }

    /// Cancels the running check, and returns whether there was one.
    pub(crate) fn cancel_check(self) -> bool {
        let id = self.inner.with_value(|inner| {
            let (id, _) = inner.stored.checking.as_ref()?;
            inner.tell(&ToWorker::Cancel(*id));
            Some(*id)
        });
        let Some(model) = id.and_then(|id| self.take_check(id)) else {
            return false;
        };
        let stopped = texts::models_check_stopped(&model.name);
        self.stored.result.set(stopped);
        true
    }

    /// Drops all requests, because their worker is gone.
    pub(crate) fn forget_stored_requests(self) {
        let under_way = self.inner.try_update_value(|inner| {
            let gone = std::mem::take(&mut inner.stored);
            !gone.deleting.is_empty() || gone.checking.is_some()
        });
        self.stored.check.set(None);
        if under_way == Some(true) {
            let message = texts::models_engine_stopped();
            self.stored.result.set(message.to_owned());
        }
    }

    /// Saves for the next visit whether a ready model is stored. Tells the person if it was stored
    /// before and the browser had removed it.
    pub(crate) fn remember_kept(self, info: &ModelInfo) {
        let id = (info.source != ModelSource::Memory).then(|| info.id.clone());
        let before = self
            .settings
            .with_untracked(|settings| settings.kept.clone());
        self.remember(|settings| {
            if let (ChosenModel::Files, Some(id)) = (&settings.model, &id) {
                settings.model = ChosenModel::Stored(id.clone());
            }
            settings.kept = id;
        });
        let removed = info.source == ModelSource::Network && before.as_ref() == Some(&info.id);
        if removed && info.notice.is_none() {
            self.tell_removed();
        }
    }

    /// Forgets that a model was stored if it is found damaged while it loads: it is fetched again,
    /// but the browser did not remove it.
    pub(crate) fn repairing(self, progress: Progress) {
        let kept = self
            .settings
            .with_untracked(|settings| settings.kept.is_some());
        if kept && matches!(progress, Progress::Checking { .. }) {
            self.remember(|settings| settings.kept = None);
        }
    }

    fn tell_removed(self) {
        let removed = texts::models_removed();
        self.say(removed.to_owned());
        spawn_local(async move {
            let granted = persistence::granted().await;
            let said = self.message.with_untracked(|message| message == removed);
            if said && !granted {
                self.say(texts::models_removed_advice().to_owned());
            }
        });
    }

    fn forget_kept(self, id: &str) {
        let kept = self
            .settings
            .with_untracked(|settings| settings.kept.as_deref() == Some(id));
        if kept {
            self.remember(|settings| settings.kept = None);
        }
    }

    fn uses(self, id: &str) -> bool {
        self.model
            .with_untracked(|model| matches!(model, ModelState::Ready(info) if info.id == id))
    }

    fn take_check(self, id: RequestId) -> Option<StoredModel> {
        let taken = self.inner.try_update_value(|inner| {
            let checking = &mut inner.stored.checking;
            checking.take_if(|(checking, _)| *checking == id)
        });
        let (_, model) = taken.flatten()?;
        self.stored.check.set(None);
        Some(model)
    }
}
