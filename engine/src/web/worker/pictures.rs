//! Encodes pictures, one at a time or in batches.

use glance_protocol::{Answer, Failure, Progress, Request};
use web_sys::File;

use crate::clock::milliseconds;
use crate::web::request::context::{Job, RequestContext, yield_to_messages};
use crate::web::request::failure::{not_loaded, unknown};
use crate::web::request::picture_file::{decode, read};
use crate::web::worker::state::State;

/// Preprocesses pictures and encodes them as one batch; each has its own result.
pub async fn embed(
    state: &State,
    jobs: &[Job],
    contexts: &[RequestContext],
) -> Vec<Result<Answer, Failure>> {
    let start = milliseconds();
    let mut prepared = Vec::with_capacity(jobs.len());
    for (job, context) in jobs.iter().zip(contexts) {
        // One at a time: only a preprocessed picture is small.
        prepared.push(prepare(state, job.files.first(), context).await);
    }
    yield_to_messages().await;
    encode(state, jobs, prepared, contexts, start).await
}

/// Encodes preprocessed pictures as one batch, which began at `start`; each has its own result.
pub async fn encode(
    state: &State,
    jobs: &[Job],
    prepared: Vec<Result<Vec<u8>, Failure>>,
    contexts: &[RequestContext],
    start: f64,
) -> Vec<Result<Answer, Failure>> {
    let (mut ids, mut levels) = (Vec::new(), Vec::new());
    for ((job, prepared), context) in jobs.iter().zip(&prepared).zip(contexts) {
        if let (Request::Embed { picture }, Ok(input), Ok(())) =
            (&job.request, prepared, context.proceed())
        {
            ids.push(*picture);
            levels.extend_from_slice(input);
        }
    }
    let run = state.with_model(&contexts[0], async |encoder| {
        Ok(encoder.embed(&ids, &levels).await?)
    });
    let ran = match ids.is_empty() {
        true => Ok(()),
        false => run.await,
    };
    let size = state.batch_size.get();
    let took = milliseconds() - start;
    state.batch_size.set(size.after(jobs.len(), took));
    let result = |(prepared, context): (Result<_, Failure>, &RequestContext)| {
        prepared?;
        context.proceed()?;
        ran.clone()?;
        Ok(Answer::Embedded)
    };
    prepared.into_iter().zip(contexts).map(result).collect()
}

/// Reads, decodes and preprocesses a picture.
async fn prepare(
    state: &State,
    file: Option<&File>,
    context: &RequestContext,
) -> Result<Vec<u8>, Failure> {
    let file = file.ok_or_else(|| unknown("No file came with this picture."))?;
    context.progress(Progress::Looking);
    let bytes = read(file).await?;
    context.proceed()?;
    let picture = decode(file, bytes).await?;
    let model = state.model.borrow();
    let model = model.as_ref().ok_or_else(not_loaded)?;
    Ok(model.encoder.clip().levels(&picture))
}
