//! What the page and the worker say to each other: plain types, serialised by structured clone.
//!
//! ```text
//! request      what the page asks for
//! answer       progress, results and failures
//! model        models that are loaded, stored or offered
//! remembered   pictures of earlier visits
//! device       where a network runs, and why
//! regions      where in a picture a label is seen
//! floats       many numbers at once
//! ```
//!
//! A crate of its own, so that the page compiles without the engine.
//!
//! A message to the worker is a [`ToWorker`]; [`ToWorker::Run`] may travel with files or pixels beside
//! it. A message to the page is a [`ToPage`]. Every request is answered exactly once, by
//! [`ToPage::Answer`] or [`ToPage::Failed`], after any number of [`ToPage::Progress`].

mod answer;
mod device;
mod floats;
mod model;
mod regions;
mod remembered;
mod request;

use serde::{Deserialize, Serialize};

pub use answer::{Answer, ErrorKind, Failure, Progress, Scores, TextNote};
pub use device::{DeviceKind, DeviceReason, Speeds};
pub use floats::Floats;
pub use model::{Description, ModelInfo, ModelSource, Storage, StoredModel};
pub use regions::{Regions, Square};
pub use remembered::RememberedPicture;
pub use request::{Example, Likeness, ModelOrigin, PictureId, Query, Request};

/// Identifies a request; the page counts up.
pub type RequestId = u32;

/// A message to the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Run a request and answer it.
    Run {
        /// Repeated in every message about it.
        id: RequestId,
        /// What to do.
        request: Request,
    },
    /// Cancel a queued or running request; it fails with [`ErrorKind::Cancelled`].
    Cancel(RequestId),
    /// The page removed a picture; its embedding may be dropped.
    Forget(PictureId),
}

/// A message to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToPage {
    /// The worker listens from now on; earlier messages are lost.
    Started,
    /// A request made progress.
    Progress {
        /// The request.
        id: RequestId,
        /// How far it has come.
        progress: Progress,
    },
    /// A request succeeded.
    Answer {
        /// The request.
        id: RequestId,
        /// Its result.
        answer: Answer,
    },
    /// A request failed.
    Failed {
        /// The request.
        id: RequestId,
        /// Why.
        failure: Failure,
    },
    /// A small copy of a picture that is being encoded: the square that the model sees. A browser that
    /// cannot make one sends none.
    Thumbnail {
        /// The picture.
        picture: PictureId,
        /// A JPEG file.
        #[serde(with = "serde_bytes")]
        jpeg: Vec<u8>,
    },
    /// The loaded model moved to another device, because its own was lost.
    Changed(ModelInfo),
    /// Storing a downloaded model ended.
    Kept {
        /// [`ModelInfo::id`].
        id: String,
        /// Why it could not be stored, in a sentence for the person.
        refusal: Option<String>,
    },
    /// Pictures are not remembered any more at this visit, and why, in a sentence for the person.
    NotRemembered(String),
    /// The worker is about to die. This is its last message.
    Crashed(String),
}
