//! Which model looks at the pictures: looking at others, changing, and back where one fails.

use glance_engine::DeviceKind;
use glance_engine::web::protocol::{Description, ModelInfo, ModelOrigin, ModelSource, StoredModel};

use super::*;
use crate::browser::address;
use crate::browser::persistence;
use crate::settings::ChosenModel;

/// Beside the page: the model that loads by default.
const MANIFEST: &str = "models/demo.json";
/// Beside the code: OpenAI's byte-pair merges, for checkpoints that bring none.
const MERGES: &str = "clip_merges.txt";

/// How the model stands.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelState {
    /// Not asked for, or cancelled.
    Idle,
    /// On its way; the worker itself comes first.
    Loading(Option<Progress>),
    /// Usable.
    Ready(ModelInfo),
    /// Not to be had, and why.
    Failed(Failure),
}

/// A model that the person looks at before it is used.
#[derive(Clone, Debug, PartialEq)]
pub enum Candidate {
    /// There is none.
    None,
    /// Its description is on its way.
    Looking,
    /// It could be used.
    Found(Description),
    /// It cannot be used, and why.
    Failed(String),
}

/// What a change is taken back to where it fails.
pub(super) enum Previous {
    Model(ChosenModel, Vec<File>),
    Device {
        ran_on: Option<DeviceKind>,
        /// For later visits; the page's address may have named another for this one.
        chosen: Option<DeviceKind>,
    },
}

/// What the session remembers about models.
#[derive(Default)]
pub(super) struct ModelRequests {
    /// The files of the model in use, until the browser keeps what was made of them.
    files: Vec<File>,
    /// The request for a description, and what it is about.
    describing: Option<RequestId>,
    candidate: Option<(ChosenModel, Vec<File>)>,
    /// What was in use before a change that is under way.
    pub(super) previous: Option<Previous>,
    /// The model that knows the pictures that are encoded, by its id.
    pub(super) encoded_by: Option<String>,
}

impl Session {
    /// Looks at a checkpoint in files.
    pub fn look_at_files(self, files: Vec<File>) {
        self.look_at(ChosenModel::Files, files);
    }

    /// Looks at a checkpoint of the hub.
    pub fn look_at_repository(self, name: &str) {
        self.look_at(ChosenModel::Hub(address::repository(name)), Vec::new());
    }

    /// Uses the model that was looked at.
    pub fn use_candidate(self) {
        let candidate = self
            .inner
            .try_update_value(|inner| inner.model.candidate.take())
            .flatten();
        if let Some((chosen, files)) = candidate {
            // A person who brings a model of their own wants to find it here again.
            persistence::ask(|_| {});
            self.change_model(chosen, files);
        }
        self.candidate.set(Candidate::None);
    }

    /// Uses a model of the hub without a look at it first.
    pub fn use_repository(self, name: &str) {
        let chosen = ChosenModel::Hub(name.to_owned());
        let same = |settings: &Settings| settings.model == chosen;
        if self.settings.with_untracked(same) {
            // It failed, or was stopped on its way.
            self.retry();
            return;
        }
        self.candidate.set(Candidate::None);
        persistence::ask(|_| {});
        self.change_model(chosen, Vec::new());
    }

    /// Uses a model that is stored; what is missing of it is fetched.
    pub fn use_stored(self, model: &StoredModel) {
        self.candidate.set(Candidate::None);
        self.change_model(chosen(model), Vec::new());
    }

    /// Goes back to the model that comes with the page.
    pub fn use_demo(self) {
        self.candidate.set(Candidate::None);
        self.change_model(ChosenModel::Demo, Vec::new());
    }

    fn look_at(self, chosen: ChosenModel, files: Vec<File>) {
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
            Some(true) => Candidate::Looking,
            _ => {
                Candidate::Failed("The engine is still starting; try again in a moment.".to_owned())
            }
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

    /// Loads a model; every picture must be looked at again.
    fn take_model(self, chosen: ChosenModel) {
        self.remember(|settings| {
            settings.model = chosen;
            settings.kept = None;
        });
        self.texts.set(None);
        self.forget_answers();
        self.load_or_start();
    }

    /// Every picture must be looked at again.
    fn forget_answers(self) {
        self.have_wait(&[Phase::Encoded, Phase::Running]);
        self.table.set(Table::default());
        self.revision.update(|revision| *revision += 1);
    }

    pub(super) fn load_or_start(self) {
        match self.inner.with_value(|inner| inner.started) {
            true => self.load(),
            false => self.start(),
        }
    }

    pub(super) fn load(self) {
        let chosen = self
            .settings
            .with_untracked(|settings| settings.model.clone());
        let Some((origin, merges)) = origin(&chosen).zip(address::beside_code(MERGES)) else {
            let message = "This page has no address that models can be fetched from.";
            self.model_fails(ErrorKind::Unknown, message);
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

    pub(super) fn loaded(self, id: RequestId, info: ModelInfo) {
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

    /// Storing the model has ended.
    pub(super) fn kept(self, id: &str, refusal: Option<String>) {
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

    pub(super) fn described(self, id: RequestId, description: Description) {
        if self.take_describing(id) {
            self.candidate.set(Candidate::Found(description));
        }
    }

    /// Whether a failure was about a model. Where a change fails, the model before is used again.
    pub(super) fn model_failed(self, id: RequestId, failure: &Failure) -> bool {
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
                self.say(format!(
                    "{} The model before is used again.",
                    failure.message
                ));
                self.take_model(before);
            }
            Some(Some(Previous::Device { ran_on, chosen })) => {
                self.back_to_device(ran_on, chosen, failure);
            }
            Some(None) if self.does_without_device(failure) => {}
            Some(None) => self.not_to_be_had(failure),
        }
        self.refresh_stored();
        true
    }

    /// The model that was chosen cannot be loaded, and there is none before it. One that is to be
    /// had nowhere else makes way for the page's own.
    fn not_to_be_had(self, failure: &Failure) {
        let (chosen, kept) = self
            .settings
            .with_untracked(|settings| (settings.model.clone(), settings.kept.is_some()));
        match (failure.kind, chosen) {
            (ErrorKind::Model, ChosenModel::Files | ChosenModel::Stored(_)) => {
                self.say(format!("{} Glance’s own is used instead.", failure.message));
                return self.take_model(ChosenModel::Demo);
            }
            (ErrorKind::Connection, _) if kept => self.say(
                "The browser had removed the stored model; it is fetched again when there is a \
                 connection."
                    .to_owned(),
            ),
            (_, ChosenModel::Demo) => {}
            _ => self.say("Below the pictures is a way back to Glance’s own model.".to_owned()),
        }
        self.model.set(ModelState::Failed(failure.clone()));
    }

    pub(super) fn model_fails(self, kind: ErrorKind, message: &str) {
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

/// Whether a stored model is the one that loads by default.
pub fn comes_with_page(model: &StoredModel) -> bool {
    model.from.is_some() && model.from == address::beside_page(MANIFEST)
}

/// What brings a stored model again, from where it came if it can be had there.
pub(super) fn chosen(model: &StoredModel) -> ChosenModel {
    match model.from.as_deref() {
        Some(_) if comes_with_page(model) => ChosenModel::Demo,
        Some(repository) if !repository.contains("://") => ChosenModel::Hub(repository.to_owned()),
        _ => ChosenModel::Stored(model.id.clone()),
    }
}

fn origin(chosen: &ChosenModel) -> Option<ModelOrigin> {
    Some(match chosen {
        ChosenModel::Demo => ModelOrigin::Manifest(address::beside_page(MANIFEST)?),
        ChosenModel::Files => ModelOrigin::Files,
        ChosenModel::Stored(id) => ModelOrigin::Stored(id.clone()),
        ChosenModel::Hub(repository) => ModelOrigin::Hub {
            base: address::hub()?,
            repository: repository.clone(),
        },
    })
}
