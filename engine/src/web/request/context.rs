//! Queued and running requests.

use std::cell::Cell;
use std::rc::Rc;

use glance_protocol::{Failure, ModelOrigin, PictureId, Progress, Request, RequestId, ToPage};
use gloo_timers::future::TimeoutFuture;
use js_sys::Uint8Array;
use web_sys::{AbortController, File};

use crate::web::request::failure::{cancelled, unknown};
use crate::web::request::port::post;
use crate::web::source::ModelRequest;

/// A queued request with its files or pixels.
pub struct Job {
    pub id: RequestId,
    pub request: Request,
    pub files: Vec<File>,
    /// The pixels of [`Request::EmbedPixels`], outside WebAssembly's memory.
    pub pixels: Option<Uint8Array>,
    /// When it arrived, in milliseconds since 1970; no two have the same.
    pub arrived: f64,
}

impl Job {
    /// The picture to encode, if that is what the request asks for.
    pub fn picture(&self) -> Option<PictureId> {
        match self.request {
            Request::Embed { picture, .. } | Request::EmbedPixels { picture, .. } => Some(picture),
            _ => None,
        }
    }

    /// As [`Job::picture`] if it comes as a file, which a helper can take.
    pub fn picture_file(&self) -> Option<PictureId> {
        match self.request {
            Request::Embed { picture, .. } => Some(picture),
            _ => None,
        }
    }

    /// Whether the picture is looked up in the picture library and stored there.
    pub fn remembers(&self) -> bool {
        matches!(self.request, Request::Embed { remember: true, .. })
    }
}

/// A running request, and how to cancel it.
#[derive(Clone)]
pub struct RequestContext {
    pub id: RequestId,
    cancelled: Rc<Cell<bool>>,
    abort: Option<AbortController>,
}

impl RequestContext {
    pub fn new(id: RequestId) -> Self {
        Self {
            id,
            cancelled: Rc::default(),
            abort: AbortController::new().ok(),
        }
    }

    /// Cancels the request.
    pub fn cancel(&self) {
        self.cancelled.set(true);
        if let Some(abort) = &self.abort {
            abort.abort();
        }
    }

    /// Lets the worker receive waiting messages, then fails if the request was cancelled.
    pub async fn checkpoint(&self) -> Result<(), Failure> {
        yield_to_messages().await;
        self.proceed()
    }

    /// Fails if the request was cancelled.
    pub fn proceed(&self) -> Result<(), Failure> {
        match self.cancelled.get() {
            true => Err(cancelled()),
            false => Ok(()),
        }
    }

    /// A request for a model that is aborted when this request is cancelled.
    pub fn model(
        &self,
        origin: ModelOrigin,
        files: Vec<File>,
        merges: String,
    ) -> Result<ModelRequest, Failure> {
        let abort = self.abort.as_ref();
        let abort = abort.ok_or_else(|| unknown("This browser is too old; update it."))?;
        Ok(ModelRequest {
            origin,
            files,
            merges,
            signal: abort.signal(),
        })
    }

    pub fn progress(&self, progress: Progress) {
        post(&ToPage::Progress {
            id: self.id,
            progress,
        });
    }
}

/// Lets the worker receive waiting messages. Takes some milliseconds, because browsers slow down
/// nested timers.
pub async fn yield_to_messages() {
    TimeoutFuture::new(0).await;
}
