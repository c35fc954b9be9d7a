//! The worker's side: takes messages, runs the engine, answers.
//!
//! Requests run one after the other. Those about texts go before pictures that wait, so that a
//! person who edits a label does not wait for a pile of pictures.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, Blob, DedicatedWorkerGlobalScope, File, MessageEvent};

use super::browser_decoder;
use super::embeddings::{Embeddings, entries, notes};
use super::fetch::FetchError;
use super::hub::HubError;
use super::loading::load;
use super::model_store::{DownloadError, ModelStore, StoreError};
use super::models::{self, Wanted};
use super::protocol::{
    Answer, ErrorKind, Failure, ModelOrigin, PictureId, Progress, Request, RequestId, ToPage,
    ToWorker,
};
use crate::compute::ComputeError;
use crate::image::ImageError;
use crate::weights::WeightsError;
use crate::{Embedding, Error, Picture};

/// Files beyond this are refused before they are read into memory.
const MAX_FILE_BYTES: f64 = (256 << 20) as f64;

/// Listens to the page for as long as the worker lives.
///
/// A message is an array: a serialised [`ToWorker`] and, where there are any, an array of `File`s.
pub fn serve() {
    std::panic::set_hook(Box::new(|panic| post(&ToPage::Crashed(panic.to_string()))));
    let host = Rc::new(Host::default());
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        host.receive(&event.data().unchecked_into());
    });
    scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    post(&ToPage::Started);
}

#[derive(Default)]
struct Host {
    waiting: RefCell<VecDeque<Job>>,
    /// Forgotten while the engine was at work.
    forgotten: RefCell<Vec<PictureId>>,
    engine: RefCell<Option<Embeddings>>,
    current: RefCell<Option<Current>>,
}

struct Job {
    id: RequestId,
    request: Request,
    files: Vec<File>,
}

/// The request that runs, and how to stop it.
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
                Some(engine) => engine.forget(picture),
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
        if self.current.borrow().is_none() && waiting.len() == 1 {
            spawn_local(self.clone().run());
        }
    }

    fn cancel(&self, id: RequestId) {
        if let Some(current) = self
            .current
            .borrow()
            .as_ref()
            .filter(|current| current.id == id)
        {
            current.cancelled.set(true);
            if let Some(abort) = &current.abort {
                abort.abort();
            }
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
            let Some(job) = self.waiting.borrow_mut().pop_front() else {
                return;
            };
            let id = job.id;
            let current = Current {
                id,
                cancelled: Rc::default(),
                abort: AbortController::new().ok(),
            };
            *self.current.borrow_mut() = Some(current.clone());
            let result = self.answer(job, &current).await;
            *self.current.borrow_mut() = None;
            reply(id, result);
        }
    }

    async fn answer(&self, job: Job, current: &Current) -> Result<Answer, Failure> {
        match job.request {
            Request::Load {
                origin,
                merges,
                device,
            } => {
                // Two models at once may be more than the memory holds.
                *self.engine.borrow_mut() = None;
                let wanted = current.wanted(origin, job.files, merges)?;
                let (engine, info) = load(&wanted, device, current).await?;
                *self.engine.borrow_mut() = Some(engine);
                return Ok(Answer::Loaded(info));
            }
            Request::Describe { origin, merges } => {
                let wanted = current.wanted(origin, job.files, merges)?;
                return Ok(Answer::Described(models::describe(&wanted).await?));
            }
            Request::Delete { model } => {
                let store = ModelStore::open().await;
                store.remove(&model).await?;
                return Ok(Answer::Stored(store.overview().await));
            }
            Request::Verify { model } => {
                let store = ModelStore::open().await;
                let step = async |progress| {
                    current.progress(progress);
                    current.checkpoint().await
                };
                let damaged = store.verify(&model, step).await?;
                return Ok(Answer::Verified { damaged });
            }
            _ => {}
        }
        // The engine is taken out while it works: a message that comes in between must not find
        // it borrowed.
        let mut engine = self
            .engine
            .take()
            .ok_or_else(|| unknown("No model is loaded yet; load one first."))?;
        let result = work(&mut engine, job, current).await;
        for picture in self.forgotten.take() {
            engine.forget(picture);
        }
        self.engine.replace(Some(engine));
        result
    }
}

impl Current {
    /// Lets waiting messages in, then says whether to go on.
    pub(super) async fn checkpoint(&self) -> Result<(), Failure> {
        TimeoutFuture::new(0).await;
        match self.cancelled.get() {
            true => Err(cancelled()),
            false => Ok(()),
        }
    }

    /// What a request for a model brings, and the signal that stops it.
    fn wanted(
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

async fn work(engine: &mut Embeddings, job: Job, current: &Current) -> Result<Answer, Failure> {
    match job.request {
        // Handled before the engine is asked.
        Request::Load { .. }
        | Request::Describe { .. }
        | Request::Stored
        | Request::Delete { .. }
        | Request::Verify { .. } => Err(unknown("A model is being loaded already.")),
        Request::Embed { picture } => {
            let file = job
                .files
                .into_iter()
                .next()
                .ok_or_else(|| unknown("No file came with this picture."))?;
            let bytes = read(&file).await?;
            current.checkpoint().await?;
            let decoded = decode(&file, bytes).await?;
            current.checkpoint().await?;
            engine.embed(picture, decoded).await?;
            Ok(Answer::Embedded)
        }
        Request::Rank {
            pictures,
            labels,
            templates,
            none_of_these,
        } => {
            let entries = entries(&labels, none_of_these);
            encode_labels(engine, &entries, &templates, current).await?;
            let encoded = engine.labels(&entries, &templates);
            let rank = |picture: &Embedding| engine.rank(picture, &encoded, labels.len());
            let pictures = for_each_picture(engine, &pictures, rank)?;
            Ok(Answer::Rankings {
                pictures,
                notes: notes(&encoded, labels.len()),
            })
        }
        Request::Match { pictures, captions } => {
            encode_labels(engine, &captions, &[], current).await?;
            let encoded = engine.labels(&captions, &[]);
            let row = |picture: &Embedding| Embeddings::cosines(picture, &encoded);
            let rows = for_each_picture(engine, &pictures, row)?;
            Ok(Answer::Cosines {
                rows,
                notes: notes(&encoded, captions.len()),
            })
        }
    }
}

async fn encode_labels(
    engine: &mut Embeddings,
    labels: &[String],
    templates: &[String],
    current: &Current,
) -> Result<(), Failure> {
    let checkpoint = async |progress| {
        current.progress(progress);
        current.checkpoint().await
    };
    engine.encode_labels(labels, templates, checkpoint).await
}

fn for_each_picture<T>(
    engine: &Embeddings,
    pictures: &[PictureId],
    result: impl Fn(&Embedding) -> T,
) -> Result<Vec<T>, Failure> {
    pictures
        .iter()
        .map(|&id| match engine.picture(id) {
            Some(embedding) => Ok(result(embedding)),
            None => Err(unknown(
                "A picture has not been looked at yet; add it again.",
            )),
        })
        .collect()
}

/// The engine's decoders first, so that a picture gives the same numbers in every browser.
async fn decode(file: &Blob, bytes: Vec<u8>) -> Result<Picture, Error> {
    let decoded = Picture::decode(&bytes);
    drop(bytes);
    match decoded {
        Err(refused @ (ImageError::NotAPicture | ImageError::Unsupported(_))) => {
            Ok(browser_decoder::decode(file, refused).await?)
        }
        decoded => Ok(decoded?),
    }
}

async fn read(file: &Blob) -> Result<Vec<u8>, Failure> {
    let refused = |message: &str| Failure {
        kind: ErrorKind::Picture,
        message: message.to_owned(),
    };
    if file.size() > MAX_FILE_BYTES {
        return Err(refused(
            "The file is larger than 256 MB; choose a smaller picture.",
        ));
    }
    let buffer = JsFuture::from(file.array_buffer())
        .await
        .map_err(|_| refused("The file cannot be read any more; add it again."))?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Image(_) => ErrorKind::Picture,
            Error::Text(_) => ErrorKind::Unknown,
            Error::Weights(_) => ErrorKind::Model,
            Error::Compute(ComputeError::Lost) => ErrorKind::Lost,
            Error::Compute(_) => ErrorKind::Device,
        };
        Self {
            kind,
            message: error.to_string(),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let kind = match error {
            StoreError::Download(DownloadError::Fetch(FetchError::Aborted))
            | StoreError::Hub(HubError::Fetch(FetchError::Aborted))
            | StoreError::Weights(WeightsError::Cancelled) => ErrorKind::Cancelled,
            StoreError::Download(DownloadError::Fetch(_)) | StoreError::Hub(HubError::Fetch(_)) => {
                ErrorKind::Connection
            }
            _ => ErrorKind::Model,
        };
        Self {
            kind,
            message: error.to_string(),
        }
    }
}

fn cancelled() -> Failure {
    Failure {
        kind: ErrorKind::Cancelled,
        message: "Cancelled.".to_owned(),
    }
}

fn unknown(message: &str) -> Failure {
    Failure {
        kind: ErrorKind::Unknown,
        message: message.to_owned(),
    }
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn reply(id: RequestId, result: Result<Answer, Failure>) {
    post(&match result {
        Ok(answer) => ToPage::Answer { id, answer },
        Err(failure) => ToPage::Failed { id, failure },
    });
}

fn post(message: &ToPage) {
    let posted = serde_wasm_bindgen::to_value(message)
        .map_err(JsValue::from)
        .and_then(|message| scope().post_message(&message));
    if let Err(error) = posted {
        web_sys::console::error_1(&error);
    }
}
