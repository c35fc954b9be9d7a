//! Requests about models: load, describe, measure, list, delete, verify.

use std::rc::Rc;

use glance_compute::ComputeError;
use glance_protocol::{Answer, DeviceKind, Failure};

use crate::error::Error;
use crate::web::loaded::LoadedModel;
use crate::web::loaded::cached_encoder::CachedEncoder;
use crate::web::model_store::ModelStore;
use crate::web::policy::batch_size::BatchSize;
use crate::web::request::context::RequestContext;
use crate::web::request::failure::unknown;
use crate::web::request::picture_file::fetch_other_formats;
use crate::web::source::{self, ModelRequest};
use crate::web::worker::state::State;
use crate::web::worker::storing::{finish, tell_page};

/// Loads a model in place of the current one.
pub async fn load(
    state: &Rc<State>,
    wanted: ModelRequest,
    device: Option<DeviceKind>,
    context: &RequestContext,
) -> Result<Answer, Failure> {
    finish(state).await;
    state.stop_helpers();
    // Two models may not fit into memory together.
    if let Some(model) = state.unload() {
        state.saved.replace(Some(model.into_saved_embeddings()));
    }
    let mut saved = state.saved.take();
    let loaded = LoadedModel::load(wanted, device, &mut saved, context).await;
    state.saved.replace(saved);
    let model = loaded?;
    let info = model.info().clone();
    state.batch_size.set(BatchSize::of_pictures());
    state.help_with(Some(&model));
    if let Some(storing) = model.storing() {
        tell_page(state, info.id.clone(), storing);
    }
    state.put_model(model);
    fetch_other_formats();
    Ok(Answer::Loaded(info))
}

/// Describes a checkpoint without downloading its weights.
pub async fn describe(wanted: ModelRequest) -> Result<Answer, Failure> {
    Ok(Answer::Described(source::describe(&wanted).await?))
}

/// Measures how fast vision transformers run where the model runs.
pub async fn measure(encoder: &CachedEncoder) -> Result<Answer, Failure> {
    match encoder.clip().transformer_speed().await {
        Ok(multiply_adds) => Ok(Answer::Speed { multiply_adds }),
        Err(lost @ ComputeError::Lost) => Err(Error::from(lost).into()),
        // A figure that is missing is no reason to give up the GPU.
        Err(reason) => {
            log::warn!("{reason}");
            Err(unknown("The speed of other models could not be measured."))
        }
    }
}

/// Lists the stored models.
pub async fn list() -> Answer {
    Answer::Stored(ModelStore::open().await.overview().await)
}

/// Deletes a stored model.
pub async fn delete(state: &State, model: &str) -> Result<Answer, Failure> {
    finish(state).await;
    let store = ModelStore::open().await;
    store.remove(model).await?;
    Ok(Answer::Stored(store.overview().await))
}

/// Compares every piece of a stored model with its hash.
pub async fn verify(
    state: &State,
    model: &str,
    context: &RequestContext,
) -> Result<Answer, Failure> {
    finish(state).await;
    let store = ModelStore::open().await;
    let step = async |progress| {
        context.progress(progress);
        context.checkpoint().await
    };
    let damaged = store.verify(model, step).await?;
    Ok(Answer::Verified { damaged })
}
