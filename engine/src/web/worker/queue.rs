//! The request queue. Requests run one at a time and can be cancelled.
//!
//! Text requests go ahead of queued pictures, so that editing a label does not wait for a pile of
//! pictures. On a GPU, pictures run in batches, which helpers preprocess; on the CPU, helpers encode
//! some.

use std::rc::Rc;

use glance_protocol::{Answer, DeviceKind, Failure, ModelOrigin, Request, RequestId, ToWorker};
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

use crate::clock::milliseconds;
use crate::web::loaded::LoadedModel;
use crate::web::loaded::cached_encoder::CachedEncoder;
use crate::web::request::context::{Job, RequestContext};
use crate::web::request::failure::cancelled;
use crate::web::request::port::reply;
use crate::web::worker::pool::{Outcome, Prepared, Signal};
use crate::web::worker::state::State;
use crate::web::worker::{model_requests, pictures, storing, text_requests};

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
        Ok(ToWorker::Run { id, request }) => enqueue(state, Job { id, request, files }),
        Ok(ToWorker::Cancel(id)) => cancel(state, id),
        Ok(ToWorker::Forget(picture)) => state.forget(picture),
        Err(error) => web_sys::console::error_1(&error.into()),
    }
}

/// Handles a signal from the helpers.
pub fn hear(state: &Rc<State>, signal: Signal) {
    let outcome = state.pool.borrow_mut().hear(signal);
    match outcome {
        Outcome::Nothing => return,
        Outcome::Free => {}
        Outcome::Encoded {
            id,
            picture,
            embedding,
        } => {
            state.insert(picture, embedding);
            reply(id, Ok(Answer::Embedded));
        }
        Outcome::Prepared(prepared) => state.prepared.borrow_mut().push_back(prepared),
        Outcome::Failed { id, failure } => reply(id, Err(failure)),
        Outcome::GivenBack(job) => state.waiting.borrow_mut().push_front(job),
    }
    wake(state);
}

fn enqueue(state: &Rc<State>, job: Job) {
    if matches!(job.request, Request::Stored) {
        // Needs no model, so it is answered while other work runs.
        spawn_local(async move {
            reply(job.id, Ok(model_requests::list().await));
        });
        return;
    }
    let mut waiting = state.waiting.borrow_mut();
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
    drop(waiting);
    wake(state);
}

/// Gives queued pictures to helpers, and starts the loop unless it runs.
fn wake(state: &Rc<State>) {
    share_out(state);
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
    loop {
        match next(&state) {
            Next::Jobs(jobs) => {
                let contexts = start(&state, &jobs);
                let results = answer(&state, &jobs, &contexts).await;
                finish(&state, &jobs, results);
            }
            Next::Prepared(prepared) => {
                let (jobs, levels): (Vec<Job>, Vec<Vec<u8>>) = prepared
                    .into_iter()
                    .map(|one| (one.job, one.levels))
                    .unzip();
                let contexts = start(&state, &jobs);
                let levels = levels.into_iter().map(Ok).collect();
                let results =
                    pictures::encode(&state, &jobs, levels, &contexts, milliseconds()).await;
                finish(&state, &jobs, results);
            }
            Next::Nothing => {
                state.looping.set(false);
                return storing::finish_when_idle(&state);
            }
        }
        share_out(&state);
    }
}

fn start(state: &State, jobs: &[Job]) -> Vec<RequestContext> {
    let contexts: Vec<_> = jobs.iter().map(|job| RequestContext::new(job.id)).collect();
    state.running.borrow_mut().clone_from(&contexts);
    contexts
}

fn finish(state: &State, jobs: &[Job], results: Vec<Result<Answer, Failure>>) {
    state.running.borrow_mut().clear();
    for (job, result) in jobs.iter().zip(results) {
        reply(job.id, result);
    }
}

/// What the loop does next.
enum Next {
    /// One request, or pictures that run together.
    Jobs(Vec<Job>),
    /// Pictures that helpers preprocessed.
    Prepared(Vec<Prepared>),
    /// Waits for messages.
    Nothing,
}

/// Takes the next request or batch of pictures from the queue. Pictures that helpers preprocessed come
/// before those that are queued.
fn next(state: &State) -> Next {
    let gpu = |model: &LoadedModel| model.info().device == DeviceKind::Gpu;
    let most = match state.model.borrow().as_ref().is_some_and(gpu) {
        true => state.batch_size.get().count(),
        false => 1,
    };
    let mut waiting = state.waiting.borrow_mut();
    let is_picture = |job: &Job| matches!(job.request, Request::Embed { .. });
    let first_is_picture = waiting.front().is_some_and(is_picture);
    if first_is_picture || waiting.is_empty() {
        let mut prepared = state.prepared.borrow_mut();
        let count = prepared.len().min(most);
        if count > 0 {
            return Next::Prepared(prepared.drain(..count).collect());
        }
    }
    if waiting.is_empty() || first_is_picture && state.pool.borrow().prepares() {
        return Next::Nothing;
    }
    let pictures = waiting.iter().take_while(|job| is_picture(job)).count();
    let count = pictures.min(most).max(1);
    Next::Jobs(waiting.drain(..count).collect())
}

/// Answers one request, or the pictures that run together.
async fn answer(
    state: &Rc<State>,
    jobs: &[Job],
    contexts: &[RequestContext],
) -> Vec<Result<Answer, Failure>> {
    let (job, context) = (&jobs[0], &contexts[0]);
    let wanted = |origin: &ModelOrigin, merges: &str| {
        context.model(origin.clone(), job.files.clone(), merges.to_owned())
    };
    let one = match &job.request {
        Request::Embed { .. } => return pictures::embed(state, jobs, contexts).await,
        Request::Load {
            origin,
            merges,
            device,
        } => match wanted(origin, merges) {
            Ok(wanted) => model_requests::load(state, wanted, *device, context).await,
            Err(failure) => Err(failure),
        },
        Request::Describe { origin, merges } => match wanted(origin, merges) {
            Ok(wanted) => model_requests::describe(wanted).await,
            Err(failure) => Err(failure),
        },
        Request::Stored => Ok(model_requests::list().await),
        Request::Delete { model } => model_requests::delete(state, model).await,
        Request::Verify { model } => model_requests::verify(state, model, context).await,
        Request::Rank {
            pictures,
            labels,
            templates,
            none_of_these,
        } => {
            let rank = async |encoder: &mut CachedEncoder| {
                let labels = text_requests::Labels {
                    labels,
                    templates,
                    none_of_these: *none_of_these,
                };
                text_requests::rank(encoder, pictures, labels, context).await
            };
            state.with_model(context, rank).await
        }
        Request::Match { pictures, captions } => {
            let compare = async |encoder: &mut CachedEncoder| {
                text_requests::compare(encoder, pictures, captions, context).await
            };
            state.with_model(context, compare).await
        }
    };
    vec![one]
}

/// Gives queued pictures to helpers.
fn share_out(state: &State) {
    let mut waiting = state.waiting.borrow_mut();
    let prepared = state.prepared.borrow().len();
    state.pool.borrow_mut().take_from(&mut waiting, prepared);
}
