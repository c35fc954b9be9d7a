//! Answers requests: which part of the worker does what.

use std::rc::Rc;

use glance_protocol::{Answer, Failure, ModelOrigin, Request};

use crate::web::loaded::cached_encoder::CachedEncoder;
use crate::web::request::context::{Job, RequestContext, yield_to_messages};
use crate::web::request::failure::unknown;
use crate::web::worker::state::State;
use crate::web::worker::text_requests::Labels;
use crate::web::worker::{batches, model_requests, pictures, remembered, text_requests};

/// Answers one request, or the pictures that run together.
pub async fn answer(
    state: &Rc<State>,
    jobs: &[Job],
    contexts: &[RequestContext],
) -> Vec<Result<Answer, Failure>> {
    let (job, context) = (&jobs[0], &contexts[0]);
    let wanted = |origin: &ModelOrigin, merges: &str| {
        context.model(origin.clone(), job.files.clone(), merges.to_owned())
    };
    let one = match &job.request {
        Request::Embed { .. } | Request::EmbedPixels { .. } => {
            let read = pictures::prepare_all(state, jobs, contexts).await;
            yield_to_messages().await;
            return batches::answer(state, jobs, contexts, read).await;
        }
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
        Request::Delete { model } => model_requests::delete(state, model).await,
        Request::Verify { model } => model_requests::verify(state, model, context).await,
        Request::Rank {
            pictures,
            labels,
            templates,
            none_of_these,
            examples,
        } => {
            let labels = Labels::new(labels, templates, *none_of_these, examples);
            let rank = async |encoder: &mut CachedEncoder| {
                text_requests::rank(encoder, pictures, labels, context).await
            };
            state.with_model(context, rank).await
        }
        Request::Look {
            side,
            pixels,
            labels,
            templates,
            none_of_these,
            examples,
        } => {
            let labels = Labels::new(labels, templates, *none_of_these, examples);
            pictures::look(state, *side, pixels, labels, context).await
        }
        Request::Regions {
            label,
            labels,
            templates,
        } => {
            let labels = Labels::new(labels, templates, false, &[]);
            pictures::regions(state, job, *label, labels, context).await
        }
        Request::Match { pictures, captions } => {
            let compare = async |encoder: &mut CachedEncoder| {
                text_requests::compare(encoder, pictures, captions, context).await
            };
            state.with_model(context, compare).await
        }
        Request::Search { pictures, query } => {
            let search = async |encoder: &mut CachedEncoder| {
                text_requests::search(encoder, pictures, query, context).await
            };
            state.with_model(context, search).await
        }
        Request::Measure => {
            let measure =
                async |encoder: &mut CachedEncoder| model_requests::measure(encoder).await;
            state.with_model(context, measure).await
        }
        Request::Group { pictures, by } => {
            let group =
                async |encoder: &mut CachedEncoder| pictures::group(state, encoder, pictures, *by);
            state.with_model(context, group).await
        }
        Request::EmbedTexts { texts, templates } => {
            let embed = async |encoder: &mut CachedEncoder| {
                text_requests::embed(encoder, texts, templates, context).await
            };
            state.with_model(context, embed).await
        }
        Request::Embeddings { pictures } => {
            let read = async |encoder: &mut CachedEncoder| pictures::embeddings(encoder, pictures);
            state.with_model(context, read).await
        }
        request @ (Request::Stored
        | Request::Remembered
        | Request::Recall { .. }
        | Request::ForgetPictures { .. }
        | Request::Corrections
        | Request::Correct { .. }) => {
            let answer = store_request(state, request).await;
            answer.ok_or_else(|| unknown("The engine does not know this request."))
        }
    };
    vec![one]
}

/// Answers a request about what is stored, which needs no model; `None` for other requests.
pub async fn store_request(state: &State, request: &Request) -> Option<Answer> {
    Some(match request {
        Request::Stored => model_requests::list().await,
        Request::Remembered => remembered::overview(state).await,
        Request::Recall { after } => remembered::recall(state, *after).await,
        Request::ForgetPictures { contents } => {
            remembered::forget(state, contents.as_deref()).await
        }
        Request::Corrections => remembered::corrections(state).await,
        Request::Correct { corrections } => remembered::correct(state, corrections).await,
        _ => return None,
    })
}
