//! Requests about models: load, look at, check, remove.

use std::rc::Rc;

use crate::web::loaded::LoadedModel;
use crate::web::model_store::ModelStore;
use crate::web::protocol::{Answer, Failure, Request};
use crate::web::request::context::{Job, RequestContext};
use crate::web::request::failure::{not_loaded, unknown};
use crate::web::source;
use crate::web::worker::Host;
use crate::web::worker::pool::assistant;

impl Host {
    /// Does what concerns models.
    pub async fn manage(
        self: &Rc<Self>,
        job: &Job,
        current: &RequestContext,
    ) -> Result<Answer, Failure> {
        let files = job.files.clone();
        match &job.request {
            Request::Load {
                origin,
                merges,
                device,
            } => {
                self.finish_storing().await;
                self.share(None);
                // Two models at once may be more than the memory holds.
                if let Some(engine) = self.engine.take() {
                    self.kept.replace(Some(engine.stop()));
                }
                let wanted = current.model(origin.clone(), files, merges.clone())?;
                let mut kept = self.kept.take();
                let loaded = LoadedModel::load(wanted, *device, &mut kept, current).await;
                self.kept.replace(kept);
                let engine = loaded?;
                let info = engine.info().clone();
                self.batch_size.take();
                self.share(Some(&info));
                if let Some(storing) = engine.storing() {
                    self.keep_behind(info.id.clone(), storing);
                }
                self.engine.replace(Some(engine));
                Ok(Answer::Loaded(info))
            }
            Request::Describe { origin, merges } => {
                let wanted = current.model(origin.clone(), files, merges.clone())?;
                Ok(Answer::Described(source::describe(&wanted).await?))
            }
            Request::Delete { model } => {
                self.finish_storing().await;
                let store = ModelStore::open().await;
                store.remove(model).await?;
                Ok(Answer::Stored(store.overview().await))
            }
            Request::Verify { model } => {
                self.finish_storing().await;
                let store = ModelStore::open().await;
                let step = async |progress| {
                    current.progress(progress);
                    current.checkpoint().await
                };
                let damaged = store.verify(model, step).await?;
                Ok(Answer::Verified { damaged })
            }
            Request::Assist { model } => {
                let assistant = assistant::load(model, current).await?;
                self.assistant.replace(Some(assistant));
                Ok(Answer::Assisting)
            }
            Request::Encode => {
                let assistant = self.assistant.take().ok_or_else(not_loaded)?;
                let result = assistant::encode(&assistant, job, current).await;
                self.assistant.replace(Some(assistant));
                result
            }
            Request::Stored
            | Request::Embed { .. }
            | Request::Rank { .. }
            | Request::Match { .. } => Err(unknown("This is answered elsewhere.")),
        }
    }
}
