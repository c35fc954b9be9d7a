//! Progress, results and failures of requests.

use serde::{Deserialize, Serialize};

use super::floats::Floats;
use super::model::{Description, ModelInfo, Storage};
use super::regions::Regions;
use super::remembered::RememberedPicture;
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
    /// To [`Request::Embed`] and [`Request::EmbedPixels`].
    Embedded {
        /// [`RememberedPicture::content`] of the file; empty for pixels.
        content: String,
    },
    /// To [`Request::Remembered`], [`Request::ForgetPictures`] and [`Request::Correct`].
    Remembered {
        /// Remembered pictures.
        count: u32,
        /// When the last one was added, in milliseconds since 1970.
        latest: Option<f64>,
    },
    /// To [`Request::Recall`]: some pictures, or none if those were the last.
    Recalled {
        /// In the order they were added.
        pictures: Vec<RememberedPicture>,
    },
    /// To [`Request::Corrections`].
    Corrections {
        /// [`RememberedPicture::content`] of each picture with the label that it was moved to.
        labels: Vec<(String, String)>,
    },
    /// To [`Request::Rank`] and [`Request::Look`].
    Rankings {
        /// How well each label fits each picture.
        scores: Scores,
        /// A note for each label, in the order of the labels.
        notes: Vec<TextNote>,
    },
    /// To [`Request::Regions`].
    Regions(Regions),
    /// To [`Request::Match`].
    Cosines {
        /// A row for each picture, a value for each caption; `None` if the caption was refused.
        rows: Vec<Vec<Option<f32>>>,
        /// A note for each caption, in the order of the captions.
        notes: Vec<TextNote>,
    },
    /// To [`Request::Search`].
    Found {
        /// The cosine of each picture and the query, −1 to 1; empty if the text was refused.
        cosines: Floats,
        /// A note on the text.
        note: TextNote,
    },
    /// To [`Request::Measure`].
    Speed {
        /// Multiply-adds a second of a vision transformer, one picture at a time.
        multiply_adds: f64,
    },
    /// To [`Request::Group`].
    Groups {
        /// The number of each picture's group, from 0; the largest group comes first. A picture that
        /// is like no other has a group of its own.
        of: Vec<u32>,
    },
    /// To [`Request::Embeddings`].
    Embeddings {
        /// `[pictures, width]`, each row of length 1.
        values: Floats,
        /// Values a row.
        width: u32,
    },
    /// To [`Request::EmbedTexts`].
    TextEmbeddings {
        /// `[texts, width]` without the refused texts, each row of length 1.
        values: Floats,
        /// Values a row.
        width: u32,
        /// A note for each text, in the order of the texts.
        notes: Vec<TextNote>,
    },
}

/// How well labels fit pictures. A flat array crosses from the worker at once, where a tree of objects
/// takes seconds for a thousand labels and pictures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// The label of each column, as an index into the labels; `None` is "none of these". Refused
    /// labels have no column.
    pub labels: Vec<Option<u32>>,
    /// `[pictures, columns]`: softmax over the columns, 0 to 1.
    pub probabilities: Floats,
    /// `[pictures, columns]`: cosine of the picture and the label in its templates, −1 to 1.
    pub cosines: Floats,
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
