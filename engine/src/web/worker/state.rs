//! The worker's state: the model, queued and running requests, the helpers.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use futures::channel::oneshot;
use glance_protocol::{DeviceKind, Failure, ModelInfo, ModelSource, PictureId, ToPage};
use js_sys::Date;

use crate::embedding::Embedding;
use crate::grouping::DifferenceHash;
use crate::web::browser::thumbnail::Thumbnails;
use crate::web::loaded::cached_encoder::CachedEncoder;
use crate::web::loaded::{LoadedModel, RecoveryFailed, SavedEmbeddings};
use crate::web::picture_store::{PictureStore, PictureWriter};
use crate::web::policy::batch_size::BatchSize;
use crate::web::request::context::{Job, RequestContext};
use crate::web::request::failure::{cancelled, not_loaded};
use crate::web::request::port::{post, reply};
use crate::web::worker::pool::{Pool, Prepared, Task};

/// Milliseconds between two pictures that arrive together. A time of today has some four decimals.
const BETWEEN_ARRIVALS: f64 = 1e-3;

/// The worker's state. It is never borrowed across an `await`, because messages arrive in between.
pub struct State {
    /// Queued requests.
    pub waiting: RefCell<VecDeque<Job>>,
    /// Pictures that helpers preprocessed for the GPU.
    pub prepared: RefCell<VecDeque<Prepared>>,
    /// Whether requests are being taken from the queue.
    pub looping: Cell<bool>,
    /// Wakes the loop while it waits for the GPU.
    pub arrived: RefCell<Option<oneshot::Sender<()>>>,
    /// Running requests; none while the worker is idle.
    pub running: RefCell<Vec<RequestContext>>,
    /// The model; `None` while it works.
    pub model: RefCell<Option<LoadedModel>>,
    /// The id of the loaded model, also while it works; `None` while another is being loaded.
    loaded: RefCell<Option<String>>,
    /// What the previous model encoded, until another is loaded.
    pub saved: RefCell<Option<SavedEmbeddings>>,
    /// This worker's helpers.
    pub pool: RefCell<Pool>,
    /// The number of pictures that run together.
    pub batch_size: Cell<BatchSize>,
    /// Makes thumbnails of the pictures that this worker preprocesses.
    pub thumbnails: Thumbnails,
    /// The hashes of encoded pictures. They do not depend on the model.
    pub hashes: RefCell<HashMap<PictureId, DifferenceHash>>,
    /// The remembered pictures.
    pub pictures: Rc<PictureStore>,
    /// Remembers pictures.
    pub writer: Rc<PictureWriter>,
    /// When the last request arrived.
    last_arrival: Cell<f64>,
    /// Changes to apply to the model when it has finished working.
    pending: RefCell<Pending>,
}

/// Changes that arrived while the model worked.
#[derive(Default)]
struct Pending {
    encoded: Vec<(PictureId, Embedding)>,
    forgotten: Vec<PictureId>,
    /// The id of a model whose storing ended, and why it was refused, if it was.
    stored: Option<(String, Option<&'static str>)>,
}

impl State {
    /// The state of a worker that has just started.
    pub fn new(pool: Pool) -> Self {
        let pictures = Rc::new(PictureStore::default());
        let refused = |why: &str| post(&ToPage::NotRemembered(why.to_owned()));
        Self {
            waiting: RefCell::default(),
            prepared: RefCell::default(),
            looping: Cell::default(),
            arrived: RefCell::default(),
            running: RefCell::default(),
            model: RefCell::default(),
            loaded: RefCell::default(),
            saved: RefCell::default(),
            pool: RefCell::new(pool),
            batch_size: Cell::new(BatchSize::of_pictures()),
            thumbnails: Thumbnails::default(),
            hashes: RefCell::default(),
            writer: Rc::new(PictureWriter::new(pictures.clone(), refused)),
            pictures,
            last_arrival: Cell::default(),
            pending: RefCell::default(),
        }
    }

    /// Whether nothing runs.
    pub fn is_idle(&self) -> bool {
        self.running.borrow().is_empty()
    }

    /// The id of the loaded model; `None` while another is being loaded.
    pub fn model_id(&self) -> Option<String> {
        self.loaded.borrow().clone()
    }

    /// Takes the model out, to load another.
    pub fn unload(&self) -> Option<LoadedModel> {
        self.loaded.take();
        self.model.take()
    }

    /// Puts a loaded model in.
    pub fn put_model(&self, model: LoadedModel) {
        self.loaded.replace(Some(model.info().id.clone()));
        self.model.replace(Some(model));
    }

    /// The time of a request that arrives now, in milliseconds since 1970, later than all before.
    pub fn arrival(&self) -> f64 {
        let arrival = Date::now().max(self.last_arrival.get() + BETWEEN_ARRIVALS);
        self.last_arrival.set(arrival);
        arrival
    }

    /// Runs `work` with the model, and repeats it if the GPU fails and the model recovers.
    ///
    /// The model is taken out while it works: a message that arrives meanwhile must not find it
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
            // Other requests need the model too, so cancelling this one does not stop the recovery.
            let uninterrupted = RequestContext::new(context.id);
            model = match model.recover(failure, &uninterrupted).await {
                Ok(model) => model,
                Err(RecoveryFailed { failure, encoded }) => {
                    self.saved.replace(Some(encoded));
                    return Err(failure);
                }
            };
            // Nothing is lost with the device: what helpers had is queued again.
            let jobs = self.help_with(Some(&model));
            let mut waiting = self.waiting.borrow_mut();
            jobs.into_iter()
                .rev()
                .for_each(|job| waiting.push_front(job));
            drop(waiting);
            post(&ToPage::Changed(model.info().clone()));
        };
        self.apply_pending(&mut model);
        self.model.replace(Some(model));
        result
    }

    /// Makes the helpers work for this model, or for none. Returns the pictures that they had.
    pub fn help_with(&self, model: Option<&LoadedModel>) -> Vec<Job> {
        let task = model.and_then(task_of_helpers);
        let bytes = model.map_or(0.0, |model| model.info().bytes);
        self.pool.borrow_mut().help_with(task, bytes)
    }

    /// As [`State::help_with`] when another model is to be loaded: no picture is wanted any more.
    pub fn stop_helpers(&self) {
        let jobs = self.help_with(None);
        let prepared = self
            .prepared
            .take()
            .into_iter()
            .map(|prepared| prepared.job);
        for job in jobs.into_iter().chain(prepared) {
            reply(job.id, Err(cancelled()));
        }
    }

    /// Caches a picture's embedding from a helper.
    pub fn insert(&self, picture: PictureId, embedding: Embedding) {
        match self.model.borrow_mut().as_mut() {
            Some(model) => model.encoder.insert(picture, embedding),
            None => {
                let mut pending = self.pending.borrow_mut();
                pending.encoded.push((picture, embedding));
            }
        }
    }

    /// Keeps a picture's hash, if it has one.
    pub fn insert_hash(&self, picture: PictureId, hash: Option<DifferenceHash>) {
        if let Some(hash) = hash {
            self.hashes.borrow_mut().insert(picture, hash);
        }
    }

    /// Forgets a picture that the page removed.
    pub fn forget(&self, picture: PictureId) {
        self.writer.removed(picture);
        self.hashes.borrow_mut().remove(&picture);
        match self.model.borrow_mut().as_mut() {
            Some(model) => model.encoder.forget(picture),
            None => self.pending.borrow_mut().forgotten.push(picture),
        }
    }

    /// Records that a model is stored, or why it is not, and tells the page.
    pub fn storing_finished(&self, id: String, refusal: Option<&'static str>) {
        match self.model.borrow_mut().as_mut() {
            Some(model) => self.tell_stored(model, id, refusal),
            None => self.pending.borrow_mut().stored = Some((id, refusal)),
        }
    }

    fn tell_stored(&self, model: &mut LoadedModel, id: String, refusal: Option<&'static str>) {
        if model.info().id == id && model.storing_finished(refusal) {
            let jobs = self.help_with(Some(model));
            self.waiting.borrow_mut().extend(jobs);
            let refusal = refusal.map(str::to_owned);
            post(&ToPage::Kept { id, refusal });
        }
    }

    /// Applies the changes that arrived while the model worked.
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

/// What helpers do for a model. To encode pictures they read it from the browser's storage.
fn task_of_helpers(model: &LoadedModel) -> Option<Task> {
    let ModelInfo {
        id, device, source, ..
    } = model.info();
    let clip = model.encoder.clip();
    match (device, source) {
        (DeviceKind::Gpu, _) => Some(Task::Prepare {
            model: id.clone(),
            size: clip.config().vision.image_size(),
            preprocessing: clip.preprocessing().clone(),
        }),
        (DeviceKind::Cpu, ModelSource::Network | ModelSource::Cache) => {
            Some(Task::Encode(id.clone()))
        }
        (DeviceKind::Cpu, ModelSource::Storing | ModelSource::Memory) => None,
    }
}
