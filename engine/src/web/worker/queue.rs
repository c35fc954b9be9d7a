//! The request queue. Requests run one at a time and can be cancelled.
//!
//! Requests about encoded pictures and frames from a camera go ahead of queued pictures, so that
//! editing a label does not wait for a pile of pictures. On a GPU, pictures run in batches, two of them
//! at a time, which helpers preprocess; on the CPU, helpers encode some.

use std::rc::Rc;

use futures::channel::oneshot;
use glance_protocol::{Answer, DeviceKind, Failure, Request, RequestId, ToWorker};
use js_sys::Array;
use serde::Deserialize;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

use crate::clock::milliseconds;
use crate::web::loaded::LoadedModel;
use crate::web::policy::flights::{Ahead, Flights, Step};
use crate::web::request::context::{Job, RequestContext};
use crate::web::request::failure::{cancelled, unknown};
use crate::web::request::port::reply;
use crate::web::worker::answer::{answer, store_request};
use crate::web::worker::batches::{self, Batch};
use crate::web::worker::pictures::{Input, ReadPicture};
use crate::web::worker::pool::{Encoded, Outcome, Prepared, Signal};
use crate::web::worker::remembered::{self, show_thumbnail};
use crate::web::worker::state::State;
use crate::web::worker::{pictures, storing};

/// Handles a message from the page.
pub fn receive(state: &Rc<State>, message: &Array) {
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
        Ok(ToWorker::Run { id, request }) => {
            let arrived = state.arrival();
            let job = Job {
                id,
                request,
                files,
                pixels: message.get(2).dyn_into().ok(),
                arrived,
            };
            receive_request(state, job);
        }
        Ok(ToWorker::Cancel(id)) => cancel(state, id),
        Ok(ToWorker::Forget(picture)) => state.forget(picture),
        Err(error) => {
            web_sys::console::error_1(&error.into());
            if let Ok(Unread::Run { id }) = serde_wasm_bindgen::from_value(message.get(0)) {
                reply(
                    id,
                    Err(unknown("The engine does not understand this request.")),
                );
            }
        }
    }
}

/// A request that cannot be read. Whoever sent it waits for an answer.
#[derive(Deserialize)]
enum Unread {
    Run { id: RequestId },
}

/// Handles a signal from the helpers.
pub fn hear(state: &Rc<State>, signal: Signal) {
    let outcome = state.pool.borrow_mut().hear(signal);
    match outcome {
        Outcome::Nothing => return,
        Outcome::Free => {}
        Outcome::Encoded {
            job,
            picture,
            encoded,
        } => {
            let Encoded {
                content,
                embedding,
                hash,
                remembered,
            } = encoded;
            let new = (!remembered).then(|| embedding.clone());
            state.insert(picture, embedding);
            state.insert_hash(picture, hash);
            remembered::remember(state, &job, &content, new);
            reply(job.id, Ok(Answer::Embedded { content }));
        }
        Outcome::Thumbnail { picture, jpeg } => {
            return show_thumbnail(&state.writer, picture, jpeg);
        }
        Outcome::Prepared(prepared) => state.prepared.borrow_mut().push_back(prepared),
        Outcome::Failed { id, failure } => reply(id, Err(failure)),
        Outcome::GivenBack(job) => state.waiting.borrow_mut().push_front(job),
    }
    wake(state);
}

/// Answers a request at once if other work may run beside it, or queues it.
fn receive_request(state: &Rc<State>, job: Job) {
    let beside = matches!(
        job.request,
        Request::Stored
            | Request::Remembered
            | Request::Recall { .. }
            | Request::ForgetPictures { .. }
            | Request::Corrections
            | Request::Correct { .. }
            | Request::Embed {
                content: Some(_),
                remember: true,
                ..
            }
    );
    if !beside {
        return enqueue(state, job);
    }
    let state = state.clone();
    spawn_local(async move {
        let answered = match &job.request {
            Request::Embed { .. } => remembered::embed(&state, &job).await,
            request => store_request(&state, request).await.map(Ok),
        };
        match answered {
            Some(result) => reply(job.id, result),
            None => enqueue(&state, job),
        }
    });
}

fn enqueue(state: &Rc<State>, job: Job) {
    let mut waiting = state.waiting.borrow_mut();
    let position = match job.request {
        Request::Rank { .. }
        | Request::Look { .. }
        | Request::Regions { .. }
        | Request::Match { .. }
        | Request::Search { .. }
        | Request::Group { .. }
        | Request::EmbedTexts { .. }
        | Request::Embeddings { .. } => waiting.iter().position(is_picture),
        _ => None,
    };
    match position {
        Some(position) => waiting.insert(position, job),
        None => waiting.push_back(job),
    }
    drop(waiting);
    wake(state);
}

fn is_picture(job: &Job) -> bool {
    job.picture().is_some()
}

/// Gives queued pictures to helpers, and starts the loop unless it runs. If it waits, it goes on.
fn wake(state: &Rc<State>) {
    share_out(state);
    if let Some(arrived) = state.arrived.take() {
        // A batch may have run first.
        let _ = arrived.send(());
    }
    if !state.looping.replace(true) {
        spawn_local(run(state.clone()));
    }
}

fn cancel(state: &State, id: RequestId) {
    let running = state.running.borrow();
    if let Some(context) = running.iter().find(|context| context.id == id) {
        return context.cancel();
    }
    if state.pool.borrow_mut().cancel(id) {
        return;
    }
    let mut waiting = state.waiting.borrow_mut();
    let mut prepared = state.prepared.borrow_mut();
    let before = waiting.len() + prepared.len();
    waiting.retain(|job| job.id != id);
    prepared.retain(|prepared| prepared.job.id != id);
    if waiting.len() + prepared.len() < before {
        reply(id, Err(cancelled()));
    }
}

async fn run(state: Rc<State>) {
    let mut flights = Flights::default();
    loop {
        match next(&state, &flights) {
            Next::Submit(pictures) => {
                let start = milliseconds();
                let (jobs, contexts, read) = prepare(&state, &mut flights, pictures).await;
                batches::submit(&state, &mut flights, jobs, contexts, read, start);
            }
            Next::Answer(Taken::Queued(jobs)) => {
                let contexts = begin(&state, &jobs);
                let results = answer(&state, &jobs, &contexts).await;
                batches::finish(&state, &jobs, results);
            }
            // They were prepared for a GPU that failed.
            Next::Answer(pictures) => {
                let (jobs, contexts, read) = prepare(&state, &mut flights, pictures).await;
                let results = batches::answer(&state, &jobs, &contexts, read).await;
                batches::finish(&state, &jobs, results);
            }
            Next::Wait => {
                let (arrived, arrival) = oneshot::channel();
                state.arrived.replace(Some(arrived));
                batches::wait(&state, &mut flights, arrival).await;
            }
            Next::Stop => {
                state.looping.set(false);
                return storing::finish_when_idle(&state);
            }
        }
        share_out(&state);
    }
}

/// Pictures with what they have become.
type ReadPictures = (
    Vec<Job>,
    Vec<RequestContext>,
    Vec<Result<ReadPicture, Failure>>,
);

/// Reads pictures, unless helpers did, while the GPU runs the batches before.
async fn prepare(state: &State, flights: &mut Flights<Batch>, pictures: Taken) -> ReadPictures {
    match pictures {
        Taken::Queued(jobs) => {
            let contexts = begin(state, &jobs);
            let read = pictures::prepare_all(state, &jobs, &contexts);
            let read = batches::beside(state, flights, read).await;
            (jobs, contexts, read)
        }
        Taken::Prepared(prepared) => {
            let (jobs, read): (Vec<Job>, Vec<_>) = prepared.into_iter().map(read).unzip();
            let contexts = begin(state, &jobs);
            (jobs, contexts, read)
        }
    }
}

/// A picture that a helper preprocessed, as if this worker had read it.
fn read(prepared: Prepared) -> (Job, Result<ReadPicture, Failure>) {
    let Prepared {
        job,
        content,
        levels,
    } = prepared;
    let input = Input::Levels(levels);
    (job, Ok(ReadPicture { content, input }))
}

fn begin(state: &State, jobs: &[Job]) -> Vec<RequestContext> {
    let contexts: Vec<_> = jobs.iter().map(|job| RequestContext::new(job.id)).collect();
    state.running.borrow_mut().extend_from_slice(&contexts);
    contexts
}

/// What the loop does next.
enum Next {
    /// Submits pictures to the GPU.
    Submit(Taken),
    /// Answers one request, or pictures on the CPU, with nothing in flight.
    Answer(Taken),
    /// Waits for the GPU or for messages.
    Wait,
    /// Waits for messages.
    Stop,
}

/// What was taken from the queue.
enum Taken {
    /// One request, or pictures that run together.
    Queued(Vec<Job>),
    /// Pictures that helpers preprocessed.
    Prepared(Vec<Prepared>),
}

/// Takes the next request or batch of pictures from the queue. Pictures that helpers preprocessed come
/// before those that are queued.
fn next(state: &State, flights: &Flights<Batch>) -> Next {
    let picture_bytes = |model: &LoadedModel| {
        let size = model.encoder.clip().config().vision.image_size();
        (model.info().device == DeviceKind::Gpu).then_some(size * size * 3)
    };
    let on_gpu = state.model.borrow().as_ref().and_then(picture_bytes);
    let room = on_gpu.map_or(1, |bytes| {
        flights.room(bytes).min(state.batch_size.get().count())
    });
    let mut waiting = state.waiting.borrow_mut();
    let mut prepared = state.prepared.borrow_mut();
    let first_is_picture = waiting.front().is_some_and(is_picture);
    let none_before = waiting.is_empty() || first_is_picture;
    let are_prepared = none_before && !prepared.is_empty();
    let first_is_file = waiting.front().and_then(Job::picture_file).is_some();
    let for_helpers = first_is_file && state.pool.borrow().prepares();
    let ahead = if are_prepared || first_is_picture && !for_helpers {
        match on_gpu {
            Some(_) => Ahead::Pictures,
            None => Ahead::Request,
        }
    } else if none_before {
        Ahead::Nothing
    } else {
        Ahead::Request
    };
    let mut take = || match are_prepared {
        true => {
            let count = prepared.len().min(room);
            Taken::Prepared(prepared.drain(..count).collect())
        }
        false => {
            let pictures = waiting.iter().take_while(|job| is_picture(job)).count();
            let count = pictures.min(room).max(1);
            Taken::Queued(waiting.drain(..count).collect())
        }
    };
    match flights.step(ahead, room) {
        Step::Submit => Next::Submit(take()),
        Step::Answer => Next::Answer(take()),
        Step::Wait => Next::Wait,
        Step::Stop => Next::Stop,
    }
}

/// Gives queued pictures to helpers.
fn share_out(state: &State) {
    let mut waiting = state.waiting.borrow_mut();
    let prepared = state.prepared.borrow().len();
    state.pool.borrow_mut().take_from(&mut waiting, prepared);
}
