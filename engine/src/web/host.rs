//! The worker's side: takes messages, runs the engine, answers.
//!
//! Requests run one after the other. Those about texts go before pictures that wait, so that a
//! person who edits a label does not wait for a pile of pictures. On a GPU several pictures run
//! together.

use std::cell::{Cell, RefCell, RefMut};
use std::collections::VecDeque;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, DedicatedWorkerGlobalScope, File, MessageEvent};

use super::batch_size::BatchSize;
use super::comparison::compare;
use super::embeddings::Embeddings;
use super::failure::{cancelled, unknown};
use super::model_store::ModelStore;
use super::models::Wanted;
use super::picture_file::{decode, read};
use super::protocol::{
    Answer, Failure, ModelOrigin, PictureId, Progress, Request, RequestId, ToPage, ToWorker,
};
use super::running::{Kept, Running, Stopped};
use super::sharing::Sharing;
use crate::clock::milliseconds;
use crate::image_encoder::ImageEncoder;
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
pub(super) struct Host {
    pub(super) helper_script: String,
    pub(super) waiting: RefCell<VecDeque<Job>>,
    pub(super) sharing: RefCell<Sharing>,
    /// What helpers encoded while the engine was at work.
    pub(super) encoded: RefCell<Vec<(PictureId, Embedding)>>,
    /// What this worker has of a model where it helps another.
    pub(super) assistant: RefCell<Option<ImageEncoder>>,
    /// Forgotten while the engine was at work.
    pub(super) forgotten: RefCell<Vec<PictureId>>,
    /// A model whose storing ended while the engine was at work, and why it is not kept.
    pub(super) kept_meanwhile: RefCell<Option<(String, Option<&'static str>)>>,
    pub(super) engine: RefCell<Option<Running>>,
    /// What the model before encoded, until another is loaded.
    pub(super) kept: RefCell<Option<Kept>>,
    /// What runs; none while nothing does.
    current: RefCell<Vec<Current>>,
    pub(super) batch_size: Cell<BatchSize>,
}

pub(super) struct Job {
    pub id: RequestId,
    pub request: Request,
    pub files: Vec<File>,
}

/// A request that runs, and how to stop it.
#[derive(Clone)]
pub(super) struct Current {
    id: RequestId,
    cancelled: Rc<Cell<bool>>,
    abort: Option<AbortController>,
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
    pub(super) fn enqueue_first(self: &Rc<Self>, job: Job) {
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
            let current: Vec<_> = jobs.iter().map(|job| Current::new(job.id)).collect();
            self.current.borrow_mut().clone_from(&current);
            let results = self.answer(&jobs, &current).await;
            self.current.borrow_mut().clear();
            for (job, result) in jobs.iter().zip(results) {
                reply(job.id, result);
            }
            self.share_out();
        }
    }

    pub(super) fn is_at_rest(&self) -> bool {
        self.current.borrow().is_empty()
    }

    /// What runs next: one request, or the pictures that run together.
    fn next(&self) -> Vec<Job> {
        let gpu = |engine: &Running| engine.info().device == DeviceKind::Gpu;
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
        current: &[Current],
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
    async fn embed(&self, jobs: &[Job], current: &[Current]) -> Vec<Result<Answer, Failure>> {
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
        let result = |(prepared, current): (Result<_, Failure>, &Current)| {
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
        current: &Current,
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
        current: &Current,
        work: impl AsyncFn(&mut Embeddings) -> Result<T, Failure>,
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
            let uninterrupted = Current::new(current.id);
            engine = match engine.recover(failure, &uninterrupted).await {
                Ok(engine) => engine,
                Err(Stopped { failure, encoded }) => {
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
    fn settle(&self, engine: &mut Running) {
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

impl Current {
    fn new(id: RequestId) -> Self {
        Self {
            id,
            cancelled: Rc::default(),
            abort: AbortController::new().ok(),
        }
    }

    /// Lets waiting messages in, then says whether to go on.
    pub(super) async fn checkpoint(&self) -> Result<(), Failure> {
        yield_to_messages().await;
        self.proceed()
    }

    /// Whether to go on.
    fn proceed(&self) -> Result<(), Failure> {
        match self.cancelled.get() {
            true => Err(cancelled()),
            false => Ok(()),
        }
    }

    /// What a request for a model brings, and the signal that stops it.
    pub(super) fn wanted(
        &self,
        origin: ModelOrigin,
        files: Vec<File>,
        merges: String,
    ) -> Result<Wanted, Failure> {
        let abort = self.abort.as_ref();
        let abort = abort.ok_or_else(|| unknown("This browser is too old; update it."))?;
        Ok(Wanted {
            origin,
            files,
            merges,
            signal: abort.signal(),
        })
    }

    pub(super) fn progress(&self, progress: Progress) {
        post(&ToPage::Progress {
            id: self.id,
            progress,
        });
    }
}

/// Costs some milliseconds: browsers slow down timers that start one another.
async fn yield_to_messages() {
    TimeoutFuture::new(0).await;
}

pub(super) fn not_loaded() -> Failure {
    unknown("No model is loaded yet; load one first.")
}

pub(super) fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

pub(super) fn reply(id: RequestId, result: Result<Answer, Failure>) {
    post(&match result {
        Ok(answer) => ToPage::Answer { id, answer },
        Err(failure) => ToPage::Failed { id, failure },
    });
}

pub(super) fn post(message: &ToPage) {
    let posted = serde_wasm_bindgen::to_value(message)
        .map_err(JsValue::from)
        .and_then(|message| scope().post_message(&message));
    if let Err(error) = posted {
        web_sys::console::error_1(&error);
    }
}
