//! Batches of pictures on the GPU. The worker submits one and goes on; the pictures are answered when it
//! has run. What comes next is [`Flights`]' decision.

use std::future::ready;
use std::pin::{Pin, pin};

use futures::channel::oneshot;
use futures::future::{Either, select};
use glance_protocol::{Answer, Failure, PictureId};

use crate::clock::milliseconds;
use crate::embedding::Embedding;
use crate::error::Error;
use crate::web::loaded::cached_encoder::CachedEncoder;
use crate::web::policy::flights::Flights;
use crate::web::request::context::{Job, RequestContext};
use crate::web::request::failure::not_loaded;
use crate::web::request::port::reply;
use crate::web::worker::pictures::{Input, ReadPicture, answers};
use crate::web::worker::state::State;

/// A batch that was submitted.
pub struct Batch {
    jobs: Vec<Job>,
    contexts: Vec<RequestContext>,
    read: Vec<Result<ReadPicture, Failure>>,
    /// The pictures that are encoded.
    ids: Vec<PictureId>,
    embeddings: Embeddings,
}

type Embeddings = Pin<Box<dyn Future<Output = Result<Vec<Embedding>, Failure>>>>;

/// Submits the new ones among pictures, on which the work began at `start`.
pub fn submit(
    state: &State,
    flights: &mut Flights<Batch>,
    jobs: Vec<Job>,
    contexts: Vec<RequestContext>,
    read: Vec<Result<ReadPicture, Failure>>,
    start: f64,
) {
    let (ids, levels) = new_pictures(&jobs, &contexts, &read);
    let embeddings: Embeddings = match state.model.borrow().as_ref() {
        _ if ids.is_empty() => Box::pin(ready(Ok(Vec::new()))),
        None => Box::pin(ready(Err(not_loaded()))),
        Some(model) => {
            let embeddings = model.encoder.clip().submit_levels(&levels);
            Box::pin(async move { Ok(embeddings.await.map_err(Error::from)?) })
        }
    };
    let batch = Batch {
        jobs,
        contexts,
        read,
        ids,
        embeddings,
    };
    flights.submitted(batch, levels.len(), start);
}

/// Does `work`, and meanwhile answers the batches that have run.
pub async fn beside<T>(
    state: &State,
    flights: &mut Flights<Batch>,
    work: impl Future<Output = T>,
) -> T {
    let mut work = pin!(work);
    loop {
        let Some(batch) = flights.first() else {
            return work.await;
        };
        match select(work.as_mut(), &mut batch.embeddings).await {
            Either::Left((done, _)) => return done,
            Either::Right((embeddings, _)) => land(state, flights, embeddings).await,
        }
    }
}

/// Waits until the first batch has run, and answers it, or until something arrives.
pub async fn wait(state: &State, flights: &mut Flights<Batch>, arrival: oneshot::Receiver<()>) {
    let Some(batch) = flights.first() else { return };
    if let Either::Right((embeddings, _)) = select(arrival, &mut batch.embeddings).await {
        land(state, flights, embeddings).await;
    }
}

/// Encodes pictures that were read, waits, and gives their answers.
pub async fn answer(
    state: &State,
    jobs: &[Job],
    contexts: &[RequestContext],
    read: Vec<Result<ReadPicture, Failure>>,
) -> Vec<Result<Answer, Failure>> {
    let encoded = encode(state, jobs, contexts, &read).await;
    answers(state, jobs, read, contexts, encoded)
}

/// Encodes the new ones among pictures, and waits. Repeats it if the GPU fails and the model recovers.
async fn encode(
    state: &State,
    jobs: &[Job],
    contexts: &[RequestContext],
    read: &[Result<ReadPicture, Failure>],
) -> Result<Vec<(PictureId, Embedding)>, Failure> {
    let (ids, levels) = new_pictures(jobs, contexts, read);
    let (Some(context), false) = (contexts.first(), ids.is_empty()) else {
        return Ok(Vec::new());
    };
    let encode = async |encoder: &mut CachedEncoder| {
        let embeddings = encoder.clip().encode_levels(&levels).await;
        Ok(embeddings.map_err(Error::from)?)
    };
    let embeddings = state.with_model(context, encode).await?;
    Ok(ids.into_iter().zip(embeddings).collect())
}

/// Answers the first batch, which has run or failed. If it failed, it is encoded again: the GPU may have
/// been lost, with all batches that it had.
async fn land(
    state: &State,
    flights: &mut Flights<Batch>,
    embeddings: Result<Vec<Embedding>, Failure>,
) {
    let Some((batch, took)) = flights.landed(milliseconds()) else {
        return;
    };
    let Batch {
        jobs,
        contexts,
        read,
        ids,
        ..
    } = batch;
    let encoded = match embeddings {
        Ok(embeddings) => {
            if !ids.is_empty() {
                let size = state.batch_size.get();
                state.batch_size.set(size.after(ids.len(), took));
            }
            Ok(ids.into_iter().zip(embeddings).collect())
        }
        // The recovery failed at an earlier batch.
        Err(failure) if state.model.borrow().is_none() => Err(failure),
        Err(_) => encode(state, &jobs, &contexts, &read).await,
    };
    let results = answers(state, &jobs, read, &contexts, encoded);
    finish(state, &jobs, results);
}

/// Answers requests that no longer run.
pub fn finish(state: &State, jobs: &[Job], results: Vec<Result<Answer, Failure>>) {
    let finished = |context: &RequestContext| jobs.iter().any(|job| job.id == context.id);
    state
        .running
        .borrow_mut()
        .retain(|context| !finished(context));
    for (job, result) in jobs.iter().zip(results) {
        reply(job.id, result);
    }
}

/// The pictures that are to be encoded, and their levels.
fn new_pictures(
    jobs: &[Job],
    contexts: &[RequestContext],
    read: &[Result<ReadPicture, Failure>],
) -> (Vec<PictureId>, Vec<u8>) {
    let (mut ids, mut levels) = (Vec::new(), Vec::new());
    for ((job, read), context) in jobs.iter().zip(read).zip(contexts) {
        if let (Some(picture), Ok(read), Ok(())) = (job.picture(), read, context.proceed())
            && let Input::Levels(input) = &read.input
        {
            ids.push(picture);
            levels.extend_from_slice(input);
        }
    }
    (ids, levels)
}
