//! The worker's side: takes messages, runs the engine, answers.
//!
//! ```text
//! model_requests   requests about models
//! text_requests    requests about labels and captions
//! storing          tells the page when a model is stored
//! pool/            helpers that share out pictures on the processor
//! ```
//!
//! Requests run one after the other. Those about texts go before pictures that wait, so that a
//! person who edits a label does not wait for a pile of pictures. On a GPU several pictures run
//! together.

pub mod model_requests;
pub mod pool;
pub mod storing;
pub mod text_requests;

use std::cell::{Cell, RefCell, RefMut};
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::MessageEvent;

use crate::clock::milliseconds;
use crate::image_encoder::ImageEncoder;
use crate::web::loaded::cached_encoder::CachedEncoder;
use crate::web::loaded::{Kept, LoadedModel, RecoveryFailed};
use crate::web::model_store::ModelStore;
use crate::web::policy::batch_size::BatchSize;
use crate::web::protocol::{
    Answer, Failure, PictureId, Progress, Request, RequestId, ToPage, ToWorker,
};
use crate::web::request::context::{Job, RequestContext, yield_to_messages};
use crate::web::request::failure::{cancelled, not_loaded, unknown};
use crate::web::request::picture_file::{decode, read};
use crate::web::request::port::{post, reply, scope};
use crate::web::worker::pool::Pool;
use crate::web::worker::text_requests::compare;
use crate::{DeviceKind, Embedding};

/// Listens to the page for as long as the worker lives.
///
/// A message is an array: a serialised [`ToWorker`] and, where there are any, an array of `File`s.
///
/// `helper_script` lies beside the script that started this worker, and starts another one with the
/// program that its first message brings.
pub fn serve(helper_script: &str) {
    std::panic::set_hook(Box::new(|panic| post(&ToPage::Crashed(panic.to_string()))));
    let host = Rc::new(Host {
        helper_script: helper_script.to_owned(),
        ..Host::default()
    });
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        host.receive(&event.data().unchecked_into());
    });
    scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    post(&ToPage::Started);
}

#[derive(Default)]
pub struct Host {
    pub helper_script: String,
    pub waiting: RefCell<VecDeque<Job>>,
    pub sharing: RefCell<Pool>,
    /// What helpers encoded while the engine was at work.
    pub encoded: RefCell<Vec<(PictureId, Embedding)>>,
    /// What this worker has of a model where it helps another.
    pub assistant: RefCell<Option<ImageEncoder>>,
    /// Forgotten while the engine was at work.
    pub forgotten: RefCell<Vec<PictureId>>,
    /// A model whose storing ended while the engine was at work, and why it is not kept.
    pub kept_meanwhile: RefCell<Option<(String, Option<&'static str>)>>,
    pub engine: RefCell<Option<LoadedModel>>,
    /// What the model before encoded, until another is loaded.
    pub kept: RefCell<Option<Kept>>,
    /// What runs; none while nothing does.
    current: RefCell<Vec<RequestContext>>,
    pub batch_size: Cell<BatchSize>,
}

impl Host {
    fn receive(self: &Rc<Self>, message: &Array) {
        let files = message.get(1).dyn_into::<Array>();
        let files = files.map_or_else(
            |_| Vec::new(),
            |files| {
                files
                    .iter()
                    .filter_map(|file| file.dyn_into().ok())
                    .collect()
            },
        );
        match serde_wasm_bindgen::from_value(message.get(0)) {
            Ok(ToWorker::Run { id, request }) => self.enqueue(Job { id, request, files }),
            Ok(ToWorker::Cancel(id)) => self.cancel(id),
            Ok(ToWorker::Forget(picture)) => match self.engine.borrow_mut().as_mut() {
                Some(engine) => engine.embeddings.forget(picture),
                None => self.forgotten.borrow_mut().push(picture),
            },
            Err(error) => web_sys::console::error_1(&error.into()),
        }
    }

    fn enqueue(self: &Rc<Self>, job: Job) {
        if matches!(job.request, Request::Stored) {
            // Asked and answered while other work goes on: it needs no engine.
            spawn_local(async move {
                let storage = ModelStore::open().await.overview().await;
                reply(job.id, Ok(Answer::Stored(storage)));
            });
            return;
        }
        let mut waiting = self.waiting.borrow_mut();
        let position = match job.request {
            Request::Rank { .. } | Request::Match { .. } => waiting
                .iter()
                .position(|job| matches!(job.request, Request::Embed { .. })),
            _ => None,
        };
        match position {
            Some(position) => waiting.insert(position, job),
            None => waiting.push_back(job),
        }
        self.begin(waiting);
    }

    /// Has a request run before all that wait.
    pub fn enqueue_first(self: &Rc<Self>, job: Job) {
        let mut waiting = self.waiting.borrow_mut();
        waiting.push_front(job);
        self.begin(waiting);
    }

    fn begin(self: &Rc<Self>, waiting: RefMut<'_, VecDeque<Job>>) {
        let first = waiting.len() == 1;
        drop(waiting);
        if self.current.borrow().is_empty() && first {
            spawn_local(self.clone().run());
        } else {
            self.share_out();
        }
    }

    fn cancel(&self, id: RequestId) {
        if let Some(current) = self
            .current
            .borrow()
            .iter()
            .find(|current| current.id == id)
        {
            current.cancelled.set(true);
            if let Some(abort) = &current.abort {
                abort.abort();
            }
            return;
        }
        if self.cancel_shared(id) {
            return;
        }
        let mut waiting = self.waiting.borrow_mut();
        if let Some(position) = waiting.iter().position(|job| job.id == id) {
            waiting.remove(position);
            reply(id, Err(cancelled()));
        }
    }

    async fn run(self: Rc<Self>) {
        loop {
            let jobs = self.next();
            if jobs.is_empty() {
                return self.rest();
            }
            let current: Vec<_> = jobs.iter().map(|job| RequestContext::new(job.id)).collect();
            self.current.borrow_mut().clone_from(&current);
            let results = self.answer(&jobs, &current).await;
            self.current.borrow_mut().clear();
            for (job, result) in jobs.iter().zip(results) {
                reply(job.id, result);
            }
            self.share_out();
        }
    }

    pub fn is_at_rest(&self) -> bool {
        self.current.borrow().is_empty()
    }

    /// What runs next: one request, or the pictures that run together.
    fn next(&self) -> Vec<Job> {
        let gpu = |engine: &LoadedModel| engine.info().device == DeviceKind::Gpu;
        let most = match self.engine.borrow().as_ref().is_some_and(gpu) {
            true => self.batch_size.get().pictures(),
            false => 1,
        };
        let mut waiting = self.waiting.borrow_mut();
        let is_picture = |job: &Job| matches!(job.request, Request::Embed { .. });
        let pictures = waiting.iter().take_while(|job| is_picture(job)).count();
        let count = pictures.min(most).max(1).min(waiting.len());
        waiting.drain(..count).collect()
    }

    async fn answer(
        self: &Rc<Self>,
        jobs: &[Job],
        current: &[RequestContext],
    ) -> Vec<Result<Answer, Failure>> {
        let (job, first) = (&jobs[0], &current[0]);
        match job.request {
            Request::Embed { .. } => self.embed(jobs, current).await,
            Request::Rank { .. } | Request::Match { .. } => {
                let answer = self.with_engine(first, async |engine| {
                    compare(engine, &job.request, first).await
                });
                vec![answer.await]
            }
            _ => vec![self.manage(job, first).await],
        }
    }

    /// Encodes pictures together; each has its own result.
    async fn embed(
        &self,
        jobs: &[Job],
        current: &[RequestContext],
    ) -> Vec<Result<Answer, Failure>> {
        let start = milliseconds();
        let mut prepared = Vec::with_capacity(jobs.len());
        for (job, current) in jobs.iter().zip(current) {
            // A picture is small once it is what the network sees.
            prepared.push(self.prepare(job, current).await);
        }
        yield_to_messages().await;
        let (mut ids, mut pixels) = (Vec::new(), Vec::new());
        for (prepared, current) in prepared.iter().zip(current) {
            if let (Ok((id, picture)), Ok(())) = (prepared, current.proceed()) {
                ids.push(*id);
                pixels.extend_from_slice(picture);
            }
        }
        let run = self.with_engine(&current[0], async |engine| {
            Ok(engine.embed(&ids, &pixels).await?)
        });
        let ran = match ids.is_empty() {
            true => Ok(()),
            false => run.await,
        };
        let size = self.batch_size.get();
        let took = milliseconds() - start;
        self.batch_size.set(size.after(jobs.len(), took));
        let result = |(prepared, current): (Result<_, Failure>, &RequestContext)| {
            prepared?;
            current.proceed()?;
            ran.clone()?;
            Ok(Answer::Embedded)
        };
        prepared.into_iter().zip(current).map(result).collect()
    }

    /// A picture as the network sees it.
    async fn prepare(
        &self,
        job: &Job,
        current: &RequestContext,
    ) -> Result<(PictureId, Vec<f32>), Failure> {
        let Request::Embed { picture: id } = job.request else {
            return Err(unknown("Only pictures run together."));
        };
        let file = job.files.first();
        let file = file.ok_or_else(|| unknown("No file came with this picture."))?;
        current.progress(Progress::Looking);
        let bytes = read(file).await?;
        current.proceed()?;
        let picture = decode(file, bytes).await?;
        let engine = self.engine.borrow();
        let engine = engine.as_ref().ok_or_else(not_loaded)?;
        Ok((id, engine.embeddings.clip().prepare(&picture)))
    }

    /// Works with the engine; once more where its GPU fails and it can go on.
    ///
    /// The engine is taken out while it works: a message that comes in between must not find it
    /// borrowed.
    async fn with_engine<T>(
        &self,
        current: &RequestContext,
        work: impl AsyncFn(&mut CachedEncoder) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut engine = self.engine.take().ok_or_else(not_loaded)?;
        self.settle(&mut engine);
        let result = loop {
            let result = work(&mut engine.embeddings).await;
            let Err(failure) = result else { break result };
            if !engine.may_recover(&failure) {
                break Err(failure);
            }
            // Others wait for the engine too, so a person who gives this up does not stop it.
            let uninterrupted = RequestContext::new(current.id);
            engine = match engine.recover(failure, &uninterrupted).await {
                Ok(engine) => engine,
                Err(RecoveryFailed { failure, encoded }) => {
                    self.kept.replace(Some(encoded));
                    return Err(failure);
                }
            };
            self.share(Some(engine.info()));
            post(&ToPage::Changed(engine.info().clone()));
        };
        self.settle(&mut engine);
        self.engine.replace(Some(engine));
        result
    }
}

impl Host {
    /// Does to the engine what came while it was at work.
    fn settle(&self, engine: &mut LoadedModel) {
        for (picture, embedding) in self.encoded.take() {
            engine.embeddings.insert(picture, embedding);
        }
        for picture in self.forgotten.take() {
            engine.embeddings.forget(picture);
        }
        if let Some((id, refusal)) = self.kept_meanwhile.take() {
            self.tell_kept(engine, id, refusal);
        }
    }
}
