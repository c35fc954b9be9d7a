//! The request queue. Requests run one at a time and can be cancelled.
//!
//! Text requests go ahead of queued pictures, so that editing a label does not wait for a pile of
//! pictures. On a GPU, pictures run in batches; on the CPU, helpers take some.

use std::cell::RefMut;
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

use glance_compute::DeviceKind;

use crate::web::loaded::LoadedModel;
use crate::web::loaded::cached_encoder::CachedEncoder;
use crate::web::protocol::{Answer, Failure, ModelOrigin, Request, RequestId, ToWorker};
use crate::web::request::context::{Job, RequestContext};
use crate::web::request::failure::cancelled;
use crate::web::request::port::reply;
use crate::web::worker::pool::{Outcome, Signal};
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
        Outcome::Failed { id, failure } => reply(id, Err(failure)),
        Outcome::GivenBack(job) => {
            let mut waiting = state.waiting.borrow_mut();
            waiting.push_front(job);
            return begin(state, waiting);
        }
    }
    share_out(state);
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
    begin(state, waiting);
}

fn begin(state: &Rc<State>, waiting: RefMut<'_, VecDeque<Job>>) {
    let first = waiting.len() == 1;
    drop(waiting);
    if state.is_idle() && first {
        spawn_local(run(state.clone()));
    } else {
        share_out(state);
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
    if let Some(position) = waiting.iter().position(|job| job.id == id) {
        waiting.remove(position);
        reply(id, Err(cancelled()));
    }
}

async fn run(state: Rc<State>) {
    loop {
        let jobs = next(&state);
        if jobs.is_empty() {
            return storing::finish_when_idle(&state);
        }
        let contexts: Vec<_> = jobs.iter().map(|job| RequestContext::new(job.id)).collect();
        state.running.borrow_mut().clone_from(&contexts);
        let results = answer(&state, &jobs, &contexts).await;
        state.running.borrow_mut().clear();
        for (job, result) in jobs.iter().zip(results) {
            reply(job.id, result);
        }
        share_out(&state);
    }
}

/// Takes the next request or batch of pictures from the queue.
fn next(state: &State) -> Vec<Job> {
    let gpu = |model: &LoadedModel| model.info().device == DeviceKind::Gpu;
    let most = match state.model.borrow().as_ref().is_some_and(gpu) {
        true => state.batch_size.get().pictures(),
        false => 1,
    };
    let mut waiting = state.waiting.borrow_mut();
    let is_picture = |job: &Job| matches!(job.request, Request::Embed { .. });
    let pictures = waiting.iter().take_while(|job| is_picture(job)).count();
    let count = pictures.min(most).max(1).min(waiting.len());
    waiting.drain(..count).collect()
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
    state.pool.borrow_mut().take_from(&mut waiting);
}
