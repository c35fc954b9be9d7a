//! What the page knows of models.

use glance_protocol::DeviceKind;
use glance_protocol::{
    Description, Failure, ModelInfo, ModelOrigin, Progress, RequestId, StoredModel,
};
use web_sys::File;

use crate::browser::address;
use crate::settings::ChosenModel;

/// The default model's manifest, beside the page.
const MANIFEST: &str = "models/demo.json";
/// OpenAI's byte-pair merges, beside the code, for checkpoints without a vocabulary.
pub(crate) const MERGES: &str = "clip_merges.txt";

/// The state of the model.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelState {
    /// Not requested, or cancelled.
    Idle,
    /// Loading; `None` before the first progress, and while the worker starts.
    Loading(Option<Progress>),
    /// Usable.
    Ready(ModelInfo),
    /// Could not be loaded, and why.
    Failed(Failure),
}

/// A model that the person previews before using it.
#[derive(Clone, Debug, PartialEq)]
pub enum Candidate {
    /// There is none.
    None,
    /// Its description was requested.
    Inspecting,
    /// It can be used.
    Found(Description),
    /// It cannot be used, and why.
    Failed(String),
}

/// What to go back to if a change fails.
pub(crate) enum Previous {
    Model(ChosenModel, Vec<File>),
    Device {
        ran_on: Option<DeviceKind>,
        /// For later visits; the page's URL may have named another for this one.
        chosen: Option<DeviceKind>,
    },
}

/// The session's state about models.
#[derive(Default)]
pub(crate) struct ModelRequests {
    /// The files of the model in use, until its pack is stored.
    pub(crate) files: Vec<File>,
    /// The request for a description; `candidate` is the model that it is about.
    pub(crate) describing: Option<RequestId>,
    pub(crate) candidate: Option<(ChosenModel, Vec<File>)>,
    /// What was in use before the current change.
    pub(crate) previous: Option<Previous>,
    /// The id of the model that encoded the pictures.
    pub(crate) encoded_by: Option<String>,
}

/// Whether a stored model is the default model.
pub fn comes_with_page(model: &StoredModel) -> bool {
    model.from.is_some() && model.from == address::beside_page(MANIFEST)
}

/// The choice that loads a stored model again: its source if it has one, else its id.
pub(crate) fn chosen(model: &StoredModel) -> ChosenModel {
    match model.from.as_deref() {
        Some(_) if comes_with_page(model) => ChosenModel::Demo,
        Some(repository) if !repository.contains("://") => ChosenModel::Hub(repository.to_owned()),
        _ => ChosenModel::Stored(model.id.clone()),
    }
}

pub(crate) fn origin(chosen: &ChosenModel) -> Option<ModelOrigin> {
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
