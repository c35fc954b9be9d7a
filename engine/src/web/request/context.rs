//! A request that waits, and one that runs.

use std::cell::Cell;
use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use web_sys::{AbortController, File};

use crate::web::protocol::{Failure, ModelOrigin, Progress, Request, RequestId, ToPage};
use crate::web::request::failure::{cancelled, unknown};
use crate::web::request::port::post;
use crate::web::source::ModelRequest;

/// A request that waits, with the files that came with it.
pub struct Job {
    pub id: RequestId,
    pub request: Request,
    pub files: Vec<File>,
}

/// A request that runs, and how to stop it.
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

    /// Stops it.
    pub fn cancel(&self) {
        self.cancelled.set(true);
        if let Some(abort) = &self.abort {
            abort.abort();
        }
    }

    /// Lets waiting messages in, then says whether to go on.
    pub async fn checkpoint(&self) -> Result<(), Failure> {
        yield_to_messages().await;
        self.proceed()
    }

    /// Whether to go on.
    pub fn proceed(&self) -> Result<(), Failure> {
        match self.cancelled.get() {
            true => Err(cancelled()),
            false => Ok(()),
        }
    }

    /// What a request for a model brings, and the signal that stops it.
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

/// Costs some milliseconds: browsers slow down timers that start one another.
pub async fn yield_to_messages() {
    TimeoutFuture::new(0).await;
}
