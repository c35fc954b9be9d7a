//! What the worker has: the model, the requests that wait and run, the helpers.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use crate::embedding::Embedding;
use crate::image_encoder::ImageEncoder;
use crate::web::loaded::cached_encoder::CachedEncoder;
use crate::web::loaded::{Kept, LoadedModel, RecoveryFailed};
use crate::web::policy::batch_size::BatchSize;
use crate::web::protocol::{Failure, ModelInfo, PictureId, ToPage};
use crate::web::request::context::{Job, RequestContext};
use crate::web::request::failure::{cancelled, not_loaded};
use crate::web::request::port::{post, reply};
use crate::web::worker::pool::Pool;

/// The worker's state. It is never borrowed across an `await`: messages come in between.
pub struct State {
    /// Requests that wait.
    pub waiting: RefCell<VecDeque<Job>>,
    /// Requests that run; none while the worker is idle.
    pub running: RefCell<Vec<RequestContext>>,
    /// The model; none while it is at work.
    pub model: RefCell<Option<LoadedModel>>,
    /// What the model before encoded, until another is loaded.
    pub kept: RefCell<Option<Kept>>,
    /// What this worker has of a model where it helps another.
    pub assistant: RefCell<Option<ImageEncoder>>,
    /// Helpers of this worker.
    pub pool: RefCell<Pool>,
    /// Pictures that run together.
    pub batch_size: Cell<BatchSize>,
    /// What happened to the model while it was at work.
    pending: RefCell<Pending>,
}

/// Changes to a model that is at work.
#[derive(Default)]
struct Pending {
    encoded: Vec<(PictureId, Embedding)>,
    forgotten: Vec<PictureId>,
    /// A model whose storing ended, and why it is not stored.
    stored: Option<(String, Option<&'static str>)>,
}

impl State {
    /// That of a worker that has just started.
    pub fn new(pool: Pool) -> Self {
        Self {
            waiting: RefCell::default(),
            running: RefCell::default(),
            model: RefCell::default(),
            kept: RefCell::default(),
            assistant: RefCell::default(),
            pool: RefCell::new(pool),
            batch_size: Cell::default(),
            pending: RefCell::default(),
        }
    }

    /// Whether nothing runs.
    pub fn is_idle(&self) -> bool {
        self.running.borrow().is_empty()
    }

    /// Works with the model; again where its GPU fails and it recovers.
    ///
    /// The model is taken out while it works: a message that comes in between must not find it
    /// borrowed.
    pub async fn with_model<T>(
        &self,
        context: &RequestContext,
        work: impl AsyncFn(&mut CachedEncoder) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut model = self.model.take().ok_or_else(not_loaded)?;
        self.apply_pending(&mut model);
        let result = loop {
            let result = work(&mut model.encoder).await;
            let Err(failure) = result else { break result };
            if !model.may_recover(&failure) {
                break Err(failure);
            }
            // Others wait for the model too, so a person who gives this up does not stop it.
            let uninterrupted = RequestContext::new(context.id);
            model = match model.recover(failure, &uninterrupted).await {
                Ok(model) => model,
                Err(RecoveryFailed { failure, encoded }) => {
                    self.kept.replace(Some(encoded));
                    return Err(failure);
                }
            };
            self.help_with(Some(model.info()));
            post(&ToPage::Changed(model.info().clone()));
        };
        self.apply_pending(&mut model);
        self.model.replace(Some(model));
        result
    }

    /// Has the helpers work for this model, or for none.
    pub fn help_with(&self, model: Option<&ModelInfo>) {
        for job in self.pool.borrow_mut().help_with(model) {
            reply(job.id, Err(cancelled()));
        }
    }

    /// Keeps what a helper encoded.
    pub fn insert(&self, picture: PictureId, embedding: Embedding) {
        match self.model.borrow_mut().as_mut() {
            Some(model) => model.encoder.insert(picture, embedding),
            None => {
                let mut pending = self.pending.borrow_mut();
                pending.encoded.push((picture, embedding));
            }
        }
    }

    /// Forgets a picture.
    pub fn forget(&self, picture: PictureId) {
        match self.model.borrow_mut().as_mut() {
            Some(model) => model.encoder.forget(picture),
            None => self.pending.borrow_mut().forgotten.push(picture),
        }
    }

    /// Notes that a model is stored, or why it is not, and tells the page.
    pub fn storing_finished(&self, id: String, refusal: Option<&'static str>) {
        match self.model.borrow_mut().as_mut() {
            Some(model) => self.tell_stored(model, id, refusal),
            None => self.pending.borrow_mut().stored = Some((id, refusal)),
        }
    }

    fn tell_stored(&self, model: &mut LoadedModel, id: String, refusal: Option<&'static str>) {
        if model.info().id == id && model.storing_finished(refusal) {
            self.help_with(Some(model.info()));
            let refusal = refusal.map(str::to_owned);
            post(&ToPage::Kept { id, refusal });
        }
    }

    /// Does to the model what came while it was at work.
    fn apply_pending(&self, model: &mut LoadedModel) {
        let pending = self.pending.take();
        for (picture, embedding) in pending.encoded {
            model.encoder.insert(picture, embedding);
        }
        for picture in pending.forgotten {
            model.encoder.forget(picture);
        }
        if let Some((id, refusal)) = pending.stored {
            self.tell_stored(model, id, refusal);
        }
    }
}
