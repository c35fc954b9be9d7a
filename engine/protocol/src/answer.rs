//! Progress, results and failures of requests.

use serde::{Deserialize, Serialize};

use super::model::{Description, ModelInfo, Storage};
#[cfg(doc)]
use super::request::Request;

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Progress {
    /// Another tab downloads the model.
    Waiting,
    /// Bytes of the model that are here, those of earlier visits included.
    Fetching {
        /// Bytes so far.
        received: f64,
        /// Bytes in all, if known.
        total: Option<f64>,
    },
    /// Bytes of a checkpoint that were read and converted.
    Converting {
        /// Bytes so far.
        done: f64,
        /// Bytes in all.
        total: f64,
    },
    /// Bytes of a stored model that were compared with their hashes.
    Checking {
        /// Bytes so far.
        done: f64,
        /// Bytes in all.
        total: f64,
    },
    /// All bytes are here. They are verified and uploaded to the device.
    Preparing,
    /// The picture is being encoded.
    Looking,
    /// Captions or labels that were encoded, each label once for every template.
    Texts {
        /// Texts so far.
        done: u32,
        /// Texts in all.
        total: u32,
    },
}

/// The result of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Request::Load`].
    Loaded(ModelInfo),
    /// To [`Request::Describe`].
    Described(Description),
    /// To [`Request::Stored`] and [`Request::Delete`].
    Stored(Storage),
    /// To [`Request::Verify`].
    Verified {
        /// Pieces whose hash was wrong. They are deleted, and downloaded again when the model is
        /// next used.
        damaged: u32,
    },
    /// To [`Request::Embed`].
    Embedded,
    /// To [`Request::Rank`].
    Rankings {
        /// A ranking for each picture, best label first; refused labels are left out.
        pictures: Vec<Vec<RankedLabel>>,
        /// A note for each label, in the order of the labels.
        notes: Vec<TextNote>,
    },
    /// To [`Request::Match`].
    Cosines {
        /// A row for each picture, a value for each caption; `None` if the caption was refused.
        rows: Vec<Vec<Option<f32>>>,
        /// A note for each caption, in the order of the captions.
        notes: Vec<TextNote>,
    },
}

/// One entry of a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankedLabel {
    /// Index into the labels; `None` is "none of these".
    pub label: Option<u32>,
    /// Softmax over the entries of this ranking, 0 to 1.
    pub probability: f32,
    /// Cosine of the picture and the label in its templates, −1 to 1.
    pub cosine: f32,
}

/// What a person should know about a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextNote {
    /// Encoded whole.
    Whole,
    /// Cut at the context length, in at least one of its templates.
    Truncated,
    /// Not used; the reason as a sentence.
    Refused(String),
}

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// For the page to act upon.
    pub kind: ErrorKind,
    /// One plain sentence for the person.
    pub message: String,
}

/// What a failure is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErrorKind {
    /// The picture cannot be used.
    Picture,
    /// The model cannot be used.
    Model,
    /// The model cannot be downloaded without a connection.
    Connection,
    /// This machine has no such device.
    NoDevice,
    /// The device refused.
    Device,
    /// The device was lost or the worker died. The request may succeed in a new worker.
    Lost,
    /// The page cancelled it.
    Cancelled,
    /// The page named something that the worker does not have.
    Unknown,
}
