//! The models on this device: the list, checking and deleting, and noticing what the browser has
//! removed.

use glance_protocol::{
    Failure, ModelInfo, ModelSource, Progress, Request, RequestId, Storage, StoredModel, ToWorker,
};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::model_state::{ModelState, chosen};
use crate::browser::persistence;
use crate::session::state::Session;
use crate::settings::ChosenModel;

const REMOVED: &str = "The browser had removed the stored model, so it was fetched again.";

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
            self.stored.result.set(format!("Checking {name}…"));
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
            Some(true) => format!("Deleting {name}…"),
            _ => "The engine is still starting; try again in a moment.".to_owned(),
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
                true => "The browser keeps the models until you delete them.",
                false => {
                    "The browser does not promise it now. Most do for a page that is installed or \
                     bookmarked, or is visited often."
                }
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
                true => format!(
                    "{name} is deleted. It stays in use until another model is loaded or the page \
                     closes."
                ),
                false => format!("{name} is deleted."),
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
        let again = match model.from {
            Some(_) => "fetched again when the model is next used",
            None => "restored when its files are chosen again",
        };
        let result = match damaged {
            0 => format!("All of {name} is stored as it should be."),
            1 => format!("1 piece of {name} was damaged and is removed; it is {again}."),
            _ => format!(
                "{damaged} pieces of {name} were damaged and are removed; they are {again}."
            ),
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
        let name = model.name;
        self.stored
            .result
            .set(format!("The check of {name} was stopped."));
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
            let message = "The engine stopped while doing this; try again.";
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
        self.say(REMOVED.to_owned());
        spawn_local(async move {
            let granted = persistence::granted().await;
            let said = self.message.with_untracked(|message| message == REMOVED);
            if said && !granted {
                self.say(format!(
                    "{REMOVED} To have it kept, see “Other models and storage” under “Models”."
                ));
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
