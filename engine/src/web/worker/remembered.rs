//! Remembers pictures, and answers requests about those that are remembered.

use std::rc::Rc;

use glance_protocol::{Answer, Failure, PictureId, Request, ToPage};

use crate::embedding::Embedding;
use crate::web::picture_store::{Known, PictureWriter};
use crate::web::policy::unwritten::{FileFacts, NewEmbedding};
use crate::web::request::context::Job;
use crate::web::request::failure::{cancelled, not_loaded, not_remembered};
use crate::web::request::port::post;
use crate::web::worker::state::State;

/// Counts the remembered pictures.
pub async fn overview(state: &State) -> Answer {
    let (count, latest) = state.pictures.overview().await;
    Answer::Remembered { count, latest }
}

/// The next remembered pictures.
pub async fn recall(state: &State, after: f64) -> Answer {
    let pictures = state.pictures.recall(after).await;
    Answer::Recalled { pictures }
}

/// Forgets pictures, or all.
pub async fn forget(state: &State, contents: Option<&[String]>) -> Answer {
    state.writer.forget(contents).await;
    overview(state).await
}

/// The pictures that the person moved to labels.
pub async fn corrections(state: &State) -> Answer {
    let labels = state.pictures.corrections().await;
    Answer::Corrections { labels }
}

/// Remembers labels that the person moved pictures to.
pub async fn correct(state: &State, corrections: &[(String, Option<String>)]) -> Answer {
    state.pictures.correct(corrections).await;
    overview(state).await
}

/// Takes a picture's embedding from the store instead of encoding it; `None` if it has to be encoded.
/// Needs no file and no device, so it does not wait in the queue.
pub async fn embed(state: &State, job: &Job) -> Option<Result<Answer, Failure>> {
    let Request::Embed {
        picture,
        content: Some(content),
        ..
    } = &job.request
    else {
        return None;
    };
    let Some(model) = state.model_id() else {
        return job.files.is_empty().then(|| Err(not_loaded()));
    };
    let found = state.pictures.find(&model, content).await;
    if state.model_id().as_ref() != Some(&model) {
        // Another model was loaded meanwhile.
        return Some(Err(cancelled()));
    }
    let content = content.clone();
    match found {
        Some(known) => {
            state.insert(*picture, known.embedding);
            state.insert_hash(*picture, known.hash);
            Some(Ok(Answer::Embedded { content }))
        }
        None => job.files.is_empty().then(|| Err(not_remembered())),
    }
}

/// What is remembered of a file, if the loaded model has encoded it before.
pub async fn find(state: &State, content: &str) -> Option<Known> {
    let model = state.model_id()?;
    state.pictures.find(&model, content).await
}

/// Remembers an encoded picture, and its embedding if that is new, unless the page wants nothing stored.
pub fn remember(state: &State, job: &Job, content: &str, embedding: Option<Embedding>) {
    let (Some(picture), Some(file), true) = (job.picture(), job.files.first(), job.remembers())
    else {
        return;
    };
    let content = content.to_owned();
    let embedding = embedding
        .zip(state.model_id())
        .map(|(embedding, model)| NewEmbedding {
            content: content.clone(),
            model,
            embedding,
        });
    let file = FileFacts {
        content,
        name: file.name(),
        added: job.arrived,
        hash: state.hashes.borrow().get(&picture).copied(),
    };
    state.writer.encoded(picture, file, embedding);
}

/// Sends the page a thumbnail, and remembers it.
pub fn show_thumbnail(writer: &Rc<PictureWriter>, picture: PictureId, jpeg: Vec<u8>) {
    writer.thumbnail(picture, jpeg.clone());
    post(&ToPage::Thumbnail { picture, jpeg });
}
