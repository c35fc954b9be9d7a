//! The model in use: previewing others, changing, and going back if one fails.

use glance_protocol::{
    Description, ErrorKind, Failure, ModelInfo, ModelSource, Request, RequestId, StoredModel,
    ToWorker,
};
use leptos::prelude::*;
use web_sys::File;

use super::model_state::{Candidate, MERGES, ModelState, Previous, chosen, origin};
use crate::arrangement::groups::Groups;
use crate::browser::address;
use crate::browser::storage::persistence;
use crate::picture::Phase;
use crate::session::state::Session;
use crate::settings::{ChosenModel, Settings};
use crate::table::Table;
use crate::texts;

impl Session {
    /// Previews a checkpoint in files.
    pub fn inspect_files(self, files: Vec<File>) {
        self.inspect(ChosenModel::Files, files);
    }

    /// Previews a checkpoint on the Hub.
    pub fn inspect_repository(self, name: &str) {
        self.inspect(ChosenModel::Hub(address::repository(name)), Vec::new());
    }

    /// Uses the previewed model.
    pub fn use_candidate(self) {
        let candidate = self
            .inner
            .try_update_value(|inner| inner.model.candidate.take())
            .flatten();
        if let Some((chosen, files)) = candidate {
            // A person who adds a model wants to find it here again.
            persistence::ask(|_| {});
            self.change_model(chosen, files);
        }
        self.candidate.set(Candidate::None);
    }

    /// Uses a model from the Hub without previewing it.
    pub fn use_repository(self, name: &str) {
        let chosen = ChosenModel::Hub(name.to_owned());
        let same = |settings: &Settings| settings.model == chosen;
        if self.settings.with_untracked(same) {
            // It failed or was cancelled before.
            self.retry();
            return;
        }
        self.candidate.set(Candidate::None);
        persistence::ask(|_| {});
        self.change_model(chosen, Vec::new());
    }

    /// Uses a stored model; missing pieces are fetched.
    pub fn use_stored(self, model: &StoredModel) {
        self.candidate.set(Candidate::None);
        self.change_model(chosen(model), Vec::new());
    }

    /// Goes back to the model that comes with the page.
    pub fn use_demo(self) {
        self.candidate.set(Candidate::None);
        self.change_model(ChosenModel::Demo, Vec::new());
    }

    fn inspect(self, chosen: ChosenModel, files: Vec<File>) {
        let Some((origin, merges)) = origin(&chosen).zip(address::beside_code(MERGES)) else {
            return;
        };
        let asked = self.inner.try_update_value(|inner| {
            if let Some(older) = inner.model.describing.take() {
                inner.tell(&ToWorker::Cancel(older));
            }
            if !inner.started {
                return false;
            }
            let id = inner.run(Request::Describe { origin, merges }, &files);
            inner.model.describing = Some(id);
            inner.model.candidate = Some((chosen, files));
            true
        });
        self.candidate.set(match asked {
            Some(true) => Candidate::Inspecting,
            _ => Candidate::Failed(texts::models_engine_starting().to_owned()),
        });
    }

    fn change_model(self, chosen: ChosenModel, files: Vec<File>) {
        self.inner.update_value(|inner| {
            if let Some(load) = inner.load.take() {
                inner.tell(&ToWorker::Cancel(load));
            }
            inner.cancel_work();
            let older = std::mem::replace(&mut inner.model.files, files);
            let before = self
                .settings
                .with_untracked(|settings| settings.model.clone());
            inner.model.previous = Some(Previous::Model(before, older));
        });
        self.message.set(String::new());
        self.take_model(chosen);
    }

    /// Loads a model; every picture must be encoded again.
    fn take_model(self, chosen: ChosenModel) {
        self.remember(|settings| {
            settings.model = chosen;
            settings.kept = None;
        });
        self.texts.set(None);
        self.forget_answers();
        self.load_or_start();
    }

    /// Queues every picture again and clears all results.
    fn forget_answers(self) {
        self.retry_recalled();
        self.requeue(&[Phase::Encoded, Phase::Running]);
        self.table.set(Table::default());
        self.groups.set(Groups::default());
        self.revision.update(|revision| *revision += 1);
    }

    pub(crate) fn load_or_start(self) {
        match self.inner.with_value(|inner| inner.started) {
            true => self.load(),
            false => self.start(),
        }
    }

    pub(crate) fn load(self) {
        let chosen = self
            .settings
            .with_untracked(|settings| settings.model.clone());
        let Some((origin, merges)) = origin(&chosen).zip(address::beside_code(MERGES)) else {
            self.model_fails(ErrorKind::Unknown, texts::models_no_address());
            return;
        };
        self.model.set(ModelState::Loading(None));
        let request = Request::Load {
            origin,
            merges,
            device: self.device.get_untracked(),
        };
        self.inner.update_value(|inner| {
            let files = inner.model.files.clone();
            inner.load = Some(inner.run(request, &files));
        });
    }

    pub(crate) fn loaded(self, id: RequestId, info: ModelInfo) {
        let ours = self.inner.try_update_value(|inner| {
            inner.load.take_if(|load| *load == id)?;
            inner.model.previous = None;
            let before = inner.model.encoded_by.replace(info.id.clone());
            if info.source != ModelSource::Memory {
                inner.model.files.clear();
            }
            Some(before)
        });
        if let Some(before) = ours.flatten() {
            if before.is_some_and(|before| before != info.id) {
                self.forget_answers();
            }
            self.learn_graphics(&info);
            if info.source != ModelSource::Storing {
                self.remember_kept(&info);
            }
            self.model.set(ModelState::Ready(info));
            self.refresh_stored();
        }
    }

    /// Handles the end of storing the model.
    pub(crate) fn kept(self, id: &str, refusal: Option<String>) {
        let mut learned = None;
        self.model.maybe_update(|model| {
            if let ModelState::Ready(info) = model
                && info.id == id
                && info.storing_finished(refusal)
            {
                learned = Some(info.clone());
            }
            learned.is_some()
        });
        if let Some(info) = learned {
            self.remember_kept(&info);
            self.refresh_stored();
        }
    }

    pub(crate) fn described(self, id: RequestId, description: Description) {
        if self.take_describing(id) {
            self.candidate.set(Candidate::Found(description));
        }
    }

    /// Handles a failure if it was about a model, and returns whether it was. If a change failed,
    /// goes back to what was used before.
    pub(crate) fn model_failed(self, id: RequestId, failure: &Failure) -> bool {
        if self.take_describing(id) {
            self.candidate
                .set(Candidate::Failed(failure.message.clone()));
            return true;
        }
        let failed = self.inner.try_update_value(|inner| {
            inner.load.take_if(|load| *load == id)?;
            let previous = inner.model.previous.take();
            if let Some(Previous::Model(_, files)) = &previous {
                inner.model.files.clone_from(files);
            }
            Some(previous)
        });
        match failed.flatten() {
            None => return false,
            Some(Some(Previous::Model(before, _))) => {
                self.say(texts::models_previous_again(&failure.message));
                self.take_model(before);
            }
            Some(Some(Previous::Device { ran_on, chosen })) => {
                self.back_to_device(ran_on, chosen, failure);
            }
            Some(None) if self.fall_back_from_gpu(failure) => {}
            Some(None) => self.handle_load_failure(failure),
        }
        self.refresh_stored();
        true
    }

    /// Handles a chosen model that cannot be loaded, with none to go back to. If it cannot be
    /// fetched from anywhere, the page's own model is used.
    fn handle_load_failure(self, failure: &Failure) {
        let (chosen, kept) = self
            .settings
            .with_untracked(|settings| (settings.model.clone(), settings.kept.is_some()));
        match (failure.kind, chosen) {
            (ErrorKind::Model, ChosenModel::Files | ChosenModel::Stored(_)) => {
                self.say(texts::models_own_instead(&failure.message));
                return self.take_model(ChosenModel::Demo);
            }
            (ErrorKind::Connection, _) if kept => {
                self.say(texts::models_removed_offline().to_owned());
            }
            (_, ChosenModel::Demo) => {}
            _ => self.say(texts::models_own_possible().to_owned()),
        }
        self.model.set(ModelState::Failed(failure.clone()));
    }

    pub(crate) fn model_fails(self, kind: ErrorKind, message: &str) {
        self.model.set(ModelState::Failed(Failure {
            kind,
            message: message.to_owned(),
        }));
    }

    fn take_describing(self, id: RequestId) -> bool {
        let taken = self
            .inner
            .try_update_value(|inner| inner.model.describing.take_if(|asked| *asked == id));
        taken.flatten().is_some()
    }
}
