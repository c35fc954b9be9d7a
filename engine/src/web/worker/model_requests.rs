//! Requests about models: load, look at, check, remove.

use std::rc::Rc;

use crate::web::loaded::LoadedModel;
use crate::web::model_store::ModelStore;
use crate::web::protocol::{Answer, Failure, Request};
use crate::web::request::context::{Job, RequestContext};
use crate::web::request::failure::{not_loaded, unknown};
use crate::web::source;
use crate::web::worker::pool::assistant;
use crate::web::worker::state::State;
use crate::web::worker::storing::{finish, tell_page};

/// Does what concerns models.
pub async fn answer(
    state: &Rc<State>,
    job: &Job,
    context: &RequestContext,
) -> Result<Answer, Failure> {
    let files = job.files.clone();
    match &job.request {
        Request::Load {
            origin,
            merges,
            device,
        } => {
            finish(state).await;
            state.help_with(None);
            // Two models at once may be more than the memory holds.
            if let Some(model) = state.model.take() {
                state.kept.replace(Some(model.stop()));
            }
            let wanted = context.model(origin.clone(), files, merges.clone())?;
            let mut kept = state.kept.take();
            let loaded = LoadedModel::load(wanted, *device, &mut kept, context).await;
            state.kept.replace(kept);
            let model = loaded?;
            let info = model.info().clone();
            state.batch_size.take();
            state.help_with(Some(&info));
            if let Some(storing) = model.storing() {
                tell_page(state, info.id.clone(), storing);
            }
            state.model.replace(Some(model));
            Ok(Answer::Loaded(info))
        }
        Request::Describe { origin, merges } => {
            let wanted = context.model(origin.clone(), files, merges.clone())?;
            Ok(Answer::Described(source::describe(&wanted).await?))
        }
        Request::Delete { model } => {
            finish(state).await;
            let store = ModelStore::open().await;
            store.remove(model).await?;
            Ok(Answer::Stored(store.overview().await))
        }
        Request::Verify { model } => {
            finish(state).await;
            let store = ModelStore::open().await;
            let step = async |progress| {
                context.progress(progress);
                context.checkpoint().await
            };
            let damaged = store.verify(model, step).await?;
            Ok(Answer::Verified { damaged })
        }
        Request::Assist { model } => {
            let assistant = assistant::load(model, context).await?;
            state.assistant.replace(Some(assistant));
            Ok(Answer::Assisting)
        }
        Request::Encode => {
            let assistant = state.assistant.take().ok_or_else(not_loaded)?;
            let result = assistant::encode(&assistant, job, context).await;
            state.assistant.replace(Some(assistant));
            result
        }
        Request::Stored | Request::Embed { .. } | Request::Rank { .. } | Request::Match { .. } => {
            Err(unknown("This is answered elsewhere."))
        }
    }
}
