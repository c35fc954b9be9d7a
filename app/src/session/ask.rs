//! Requests that one part of the page asks for itself, and waits for.

use futures_channel::oneshot;
use glance_protocol::{Answer, ErrorKind, Failure, Request, RequestId};
use leptos::prelude::*;
use web_sys::File;

use super::state::{Session, Waiting};
use crate::texts;

impl Session {
    /// Sends a request with its files, and waits for the answer.
    ///
    /// # Errors
    /// The worker's failure, or [`ErrorKind::Lost`] if the worker died meanwhile.
    pub async fn ask(self, request: Request, files: &[File]) -> Result<Answer, Failure> {
        let (sender, receiver) = oneshot::channel();
        self.inner.update_value(|inner| {
            let id = inner.run(request, files);
            inner.asked.insert(id, sender);
        });
        let lost = || Failure {
            kind: ErrorKind::Lost,
            message: texts::session_stopped().to_owned(),
        };
        receiver.await.unwrap_or_else(|_| Err(lost()))
    }

    /// Who waits for the answer to this request, if it was asked here.
    pub(super) fn take_asked(self, id: RequestId) -> Option<Waiting> {
        self.inner
            .try_update_value(|inner| inner.asked.remove(&id))
            .flatten()
    }
}
