//! Reads pictures, and hands out their embeddings. A file that the model encoded before is not encoded
//! again. Groups pictures that look alike, ranks labels for a camera's frames, and says where in a picture
//! a label is seen.

use std::collections::HashMap;

use glance_protocol::{Answer, Failure, Floats, Likeness, PictureId, Progress, Request};
use web_sys::File;

use crate::embedding::Embedding;
use crate::error::Error;
use crate::grouping::{DifferenceHash, clusters, near_copies};
use crate::image::Picture;
use crate::timeline::{Stage, span};
use crate::web::loaded::cached_encoder::CachedEncoder;
use crate::web::policy::frame;
use crate::web::request::context::{Job, RequestContext};
use crate::web::request::failure::{not_loaded, unknown};
use crate::web::request::picture_file::{decode, read};
use crate::web::worker::remembered::{self, show_thumbnail};
use crate::web::worker::state::State;
use crate::web::worker::text_requests::Labels;

/// What a picture file has become.
pub struct ReadPicture {
    /// SHA-256 of the file.
    pub content: String,
    pub input: Input,
}

/// What is known of a picture that was read.
pub enum Input {
    /// Its levels, which are still to be encoded.
    Levels(Vec<u8>),
    /// Its embedding, which was remembered.
    Remembered(Embedding),
}

/// Reads pictures, one at a time: only a preprocessed picture is small.
pub async fn prepare_all(
    state: &State,
    jobs: &[Job],
    contexts: &[RequestContext],
) -> Vec<Result<ReadPicture, Failure>> {
    let mut prepared = Vec::with_capacity(jobs.len());
    for (job, context) in jobs.iter().zip(contexts) {
        prepared.push(prepare(state, job, context).await);
    }
    prepared
}

/// Keeps what pictures have become. Each has its own answer.
pub fn answers(
    state: &State,
    jobs: &[Job],
    read: Vec<Result<ReadPicture, Failure>>,
    contexts: &[RequestContext],
    encoded: Result<Vec<(PictureId, Embedding)>, Failure>,
) -> Vec<Result<Answer, Failure>> {
    let mut encoded = encoded.map(|encoded| encoded.into_iter().collect::<HashMap<_, _>>());
    let results = jobs.iter().zip(read).zip(contexts);
    let results = results.map(|((job, read), context)| {
        let ReadPicture { content, input } = read?;
        context.proceed()?;
        match (job.picture(), input) {
            (Some(picture), Input::Remembered(embedding)) => {
                state.insert(picture, embedding);
                remembered::remember(state, job, &content, None);
            }
            (Some(picture), Input::Levels(levels)) => {
                let encoded = encoded.as_mut().map_err(|failure| failure.clone())?;
                let embedding = encoded.remove(&picture);
                if let Some(embedding) = &embedding {
                    state.insert(picture, embedding.clone());
                }
                state.insert_hash(picture, Some(DifferenceHash::new(&levels)));
                remembered::remember(state, job, &content, embedding);
            }
            (None, _) => {}
        }
        Ok(Answer::Embedded { content })
    });
    results.collect()
}

/// Ranks labels for a frame from a camera. Its embedding is not kept.
pub async fn look(
    state: &State,
    side: u32,
    pixels: &[u8],
    labels: Labels<'_>,
    context: &RequestContext,
) -> Result<Answer, Failure> {
    let frame = frame::picture(side, pixels).map_err(Error::from)?;
    let look = async |encoder: &mut CachedEncoder| {
        let encoded = labels.encode(encoder, context).await?;
        let clip = encoder.clip();
        let embeddings = clip.encode_levels(&clip.levels(&frame)).await;
        let embeddings = embeddings.map_err(Error::from)?;
        let pictures: Vec<&Embedding> = embeddings.iter().collect();
        labels.rankings(encoder, &pictures, &encoded)
    };
    state.with_model(context, look).await
}

/// Where a label is seen in a picture file. Nothing of it is kept.
pub async fn regions(
    state: &State,
    job: &Job,
    label: u32,
    labels: Labels<'_>,
    context: &RequestContext,
) -> Result<Answer, Failure> {
    let file = file(job)?;
    let picture = decode(file, read(file).await?.bytes).await?;
    let find = async |encoder: &mut CachedEncoder| {
        let encoded = labels.encode(encoder, context).await?;
        let wanted = encoded.get(label as usize);
        let wanted = wanted.and_then(|label| label.embedding.clone());
        let wanted = wanted.ok_or_else(|| unknown("This label cannot be used; choose another."))?;
        let others = encoded.iter().enumerate();
        let others = others.filter(|(index, _)| *index != label as usize);
        let others: Vec<Embedding> = others
            .filter_map(|(_, other)| other.embedding.clone())
            .collect();
        let regions = encoder.clip().regions(&picture, &wanted, &others).await?;
        Ok(Answer::Regions(regions))
    };
    state.with_model(context, find).await
}

/// The embeddings of pictures.
pub fn embeddings(encoder: &CachedEncoder, pictures: &[PictureId]) -> Result<Answer, Failure> {
    let rows = encoder.pictures(pictures)?.into_iter();
    Ok(Answer::Embeddings {
        values: Floats(rows.flat_map(|row| row.0.iter().copied()).collect()),
        width: encoder.clip().config().projection as u32,
    })
}

/// The groups of pictures that look alike.
pub fn group(
    state: &State,
    encoder: &CachedEncoder,
    pictures: &[PictureId],
    by: Likeness,
) -> Result<Answer, Failure> {
    let embeddings = encoder.pictures(pictures)?;
    let of = match by {
        Likeness::Alike => clusters(&embeddings),
        Likeness::NearlySame => {
            let known = state.hashes.borrow();
            let hashes = pictures.iter().map(|picture| known.get(picture).copied());
            near_copies(&embeddings.into_iter().zip(hashes).collect::<Vec<_>>())
        }
    };
    Ok(Answer::Groups { of })
}

/// Reads a picture. If it is new to the model, decodes and preprocesses it, and has a thumbnail made
/// of it.
async fn prepare(
    state: &State,
    job: &Job,
    context: &RequestContext,
) -> Result<ReadPicture, Failure> {
    context.progress(Progress::Looking);
    if let Request::EmbedPixels { width, height, .. } = job.request {
        return prepare_pixels(state, job, width, height);
    }
    let file = file(job)?;
    let read = read(file).await?;
    context.proceed()?;
    let content = read.hash;
    if job.remembers()
        && let Some(known) = remembered::find(state, &content).await
    {
        if let Some(picture) = job.picture() {
            state.insert_hash(picture, known.hash);
            if let Some(jpeg) = known.jpeg {
                show_thumbnail(&state.writer, picture, jpeg);
            }
        }
        let input = Input::Remembered(known.embedding);
        return Ok(ReadPicture { content, input });
    }
    let picture = decode(file, read.bytes).await?;
    let model = state.model.borrow();
    let model = model.as_ref().ok_or_else(not_loaded)?;
    let resize = span(Stage::Resize);
    let levels = model.encoder.clip().levels(&picture);
    resize.end();
    if let (Some(picture), true) = (job.picture(), job.remembers()) {
        let writer = state.writer.clone();
        let send = move |jpeg| show_thumbnail(&writer, picture, jpeg);
        state.thumbnails.make(&levels, send);
    }
    let input = Input::Levels(levels);
    Ok(ReadPicture { content, input })
}

/// Preprocesses the pixels that came with a request.
fn prepare_pixels(
    state: &State,
    job: &Job,
    width: u32,
    height: u32,
) -> Result<ReadPicture, Failure> {
    let pixels = job.pixels.as_ref();
    let pixels = pixels.ok_or_else(|| unknown("No pixels came with this picture."))?;
    let picture = Picture::from_rgba(width as usize, height as usize, pixels.to_vec());
    let picture = picture.map_err(Error::from)?;
    let model = state.model.borrow();
    let model = model.as_ref().ok_or_else(not_loaded)?;
    Ok(ReadPicture {
        content: String::new(),
        input: Input::Levels(model.encoder.clip().levels(&picture)),
    })
}

/// The picture file of a request.
fn file(job: &Job) -> Result<&File, Failure> {
    let file = job.files.first();
    file.ok_or_else(|| unknown("No file came with this picture."))
}
