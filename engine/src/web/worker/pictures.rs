//! Pictures, encoded for themselves or several at once.

use crate::clock::milliseconds;
use crate::web::protocol::{Answer, Failure, PictureId, Progress, Request};
use crate::web::request::context::{Job, RequestContext, yield_to_messages};
use crate::web::request::failure::{not_loaded, unknown};
use crate::web::request::picture_file::{decode, read};
use crate::web::worker::state::State;

/// Encodes pictures together; each has its own result.
pub async fn embed(
    state: &State,
    jobs: &[Job],
    contexts: &[RequestContext],
) -> Vec<Result<Answer, Failure>> {
    let start = milliseconds();
    let mut prepared = Vec::with_capacity(jobs.len());
    for (job, context) in jobs.iter().zip(contexts) {
        // A picture is small once it is what the network sees.
        prepared.push(prepare(state, job, context).await);
    }
    yield_to_messages().await;
    let (mut ids, mut pixels) = (Vec::new(), Vec::new());
    for (prepared, context) in prepared.iter().zip(contexts) {
        if let (Ok((id, picture)), Ok(())) = (prepared, context.proceed()) {
            ids.push(*id);
            pixels.extend_from_slice(picture);
        }
    }
    let run = state.with_model(&contexts[0], async |encoder| {
        Ok(encoder.embed(&ids, &pixels).await?)
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

/// A picture as the network sees it.
async fn prepare(
    state: &State,
    job: &Job,
    context: &RequestContext,
) -> Result<(PictureId, Vec<f32>), Failure> {
    let Request::Embed { picture: id } = job.request else {
        return Err(unknown("Only pictures run together."));
    };
    let file = job.files.first();
    let file = file.ok_or_else(|| unknown("No file came with this picture."))?;
    context.progress(Progress::Looking);
    let bytes = read(file).await?;
    context.proceed()?;
    let picture = decode(file, bytes).await?;
    let model = state.model.borrow();
    let model = model.as_ref().ok_or_else(not_loaded)?;
    Ok((id, model.encoder.clip().prepare(&picture)))
}
