//! What the page and the worker say to each other: plain types, serialised by structured clone.
//!
//! A message to the worker is a [`ToWorker`]; [`ToWorker::Run`] may travel with files beside it. A
//! message to the page is a [`ToPage`]. Every request is answered exactly once, by
//! [`ToPage::Answer`] or [`ToPage::Failed`], after any number of [`ToPage::Progress`].

use serde::{Deserialize, Serialize};

use glance_compute::DeviceKind;

use crate::device::DeviceReason;

/// Names one request; the page counts up.
pub type RequestId = u32;
/// Names one picture for as long as the page shows it.
pub type PictureId = u32;

/// A message to the worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToWorker {
    /// Do something and answer.
    Run {
        /// Repeated in everything said about it.
        id: RequestId,
        /// What to do.
        request: Request,
    },
    /// Stop a request that waits or runs; it fails with [`ErrorKind::Cancelled`].
    Cancel(RequestId),
    /// The page dropped a picture; its embedding can go.
    Forget(PictureId),
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Make a model ready; answered by [`Answer::Loaded`]. Where it is the one that was loaded
    /// before, by its [`ModelInfo::id`], what it encoded is kept.
    Load {
        /// Where it comes from.
        origin: ModelOrigin,
        /// Absolute address of OpenAI's merges, for checkpoints that bring no vocabulary.
        merges: String,
        /// Where to run, or whatever suits this machine.
        device: Option<DeviceKind>,
    },
    /// Look at a checkpoint without fetching its weights; answered by [`Answer::Described`].
    Describe {
        /// Where it comes from: files or a hub.
        origin: ModelOrigin,
        /// As for [`Request::Load`].
        merges: String,
    },
    /// Tell which models are stored; answered by [`Answer::Stored`] at once, whatever else runs.
    Stored,
    /// Remove a stored model; answered by [`Answer::Stored`]. The one in use stays usable until
    /// another is loaded.
    Delete {
        /// [`StoredModel::id`].
        model: String,
    },
    /// Read a stored model and compare every piece with its hash; answered by
    /// [`Answer::Verified`].
    Verify {
        /// [`StoredModel::id`].
        model: String,
    },
    /// Encode the picture file that travels with the message; answered by [`Answer::Embedded`].
    /// On a GPU, pictures that wait are encoded several at a time.
    Embed {
        /// Its name from now on.
        picture: PictureId,
    },
    /// Make the image tower of a stored model ready on the processor, in a worker that helps
    /// another; answered by [`Answer::Assisting`].
    Assist {
        /// [`StoredModel::id`].
        model: String,
    },
    /// Encode the picture file that travels with the message, for the worker that asks; answered
    /// by [`Answer::Encoded`].
    Encode,
    /// Rank labels for embedded pictures; answered by [`Answer::Rankings`].
    Rank {
        /// Pictures, in the order of the answer.
        pictures: Vec<PictureId>,
        /// Labels as the person wrote them.
        labels: Vec<String>,
        /// The sentences each label is put into: one, or several whose embeddings are averaged.
        templates: Vec<String>,
        /// Whether a neutral entry competes with the labels.
        none_of_these: bool,
    },
    /// Compare embedded pictures with captions; answered by [`Answer::Cosines`].
    Match {
        /// Rows of the answer.
        pictures: Vec<PictureId>,
        /// Columns of the answer.
        captions: Vec<String>,
    },
}

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelOrigin {
    /// A pack that a [`Manifest`](crate::weights::Manifest) at this absolute address describes.
    Manifest(String),
    /// A checkpoint or a pack in the files that travel with the message.
    Files,
    /// One that is stored, by its [`StoredModel::id`]; what is missing of it is fetched.
    Stored(String),
    /// A checkpoint in a repository of a hub.
    Hub {
        /// Absolute address of the hub.
        base: String,
        /// `owner/name` or `owner/name@revision`, as the person typed it.
        repository: String,
    },
}

/// A message to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToPage {
    /// The worker listens; what was sent before is lost.
    Started,
    /// A request has come further.
    Progress {
        /// The request.
        id: RequestId,
        /// How far.
        progress: Progress,
    },
    /// A request is done.
    Answer {
        /// The request.
        id: RequestId,
        /// Its result.
        answer: Answer,
    },
    /// A request cannot be done.
    Failed {
        /// The request.
        id: RequestId,
        /// Why.
        failure: Failure,
    },
    /// The model that is loaded goes on in another way than it did: its device was lost.
    Changed(ModelInfo),
    /// A model that was fetched is kept by now, or cannot be.
    Kept {
        /// [`ModelInfo::id`].
        id: String,
        /// Why it is not kept, in a sentence for the person.
        refusal: Option<String>,
    },
    /// The worker is about to die; nothing more comes from it.
    Crashed(String),
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Progress {
    /// Another tab fetches the model.
    Waiting,
    /// Bytes of the model here, those of earlier visits included.
    Fetching {
        /// So far.
        received: f64,
        /// Of how many, where that is known.
        total: Option<f64>,
    },
    /// Bytes of a checkpoint read and converted.
    Converting {
        /// So far.
        done: f64,
        /// Of how many.
        total: f64,
    },
    /// Bytes of a stored model compared with their hashes.
    Checking {
        /// So far.
        done: f64,
        /// Of how many.
        total: f64,
    },
    /// All bytes are here; they are checked and moved onto the device.
    Preparing,
    /// The picture's turn has come.
    Looking,
    /// Captions encoded, or labels, each once for every template.
    Texts {
        /// So far.
        done: u32,
        /// Of how many.
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
        /// Pieces that were not what they should be. They are removed, and fetched again when the
        /// model is next used.
        damaged: u32,
    },
    /// To [`Request::Embed`].
    Embedded,
    /// To [`Request::Assist`].
    Assisting,
    /// To [`Request::Encode`]: the picture's embedding.
    Encoded(Vec<f32>),
    /// To [`Request::Rank`].
    Rankings {
        /// A list a picture, best first; labels that were refused are left out.
        pictures: Vec<Vec<RankedLabel>>,
        /// What to know about each label, in the order of the labels.
        notes: Vec<TextNote>,
    },
    /// To [`Request::Match`].
    Cosines {
        /// A row a picture, a value a caption; `None` where the caption was refused.
        rows: Vec<Vec<Option<f32>>>,
        /// What to know about each caption, in the order of the captions.
        notes: Vec<TextNote>,
    },
}

/// One entry of a ranking.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankedLabel {
    /// Index into the labels; `None` is "none of these".
    pub label: Option<u32>,
    /// Share among all entries of this ranking, 0 to 1.
    pub probability: f32,
    /// Cosine of picture and label in its templates, −1 to 1.
    pub cosine: f32,
}

/// What a person should know about one text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextNote {
    /// Encoded whole.
    Whole,
    /// Longer than the model reads, in one of its templates at least: only its beginning counts.
    Truncated,
    /// Not used, and why, in a sentence.
    Refused(String),
}

/// A checkpoint that could be loaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// The repository, or the folder or file.
    pub name: String,
    /// As its card names it, where there is one.
    pub license: Option<String>,
    /// Bytes to fetch or read.
    pub bytes: f64,
    /// Bytes that are kept and held in memory, about.
    pub pack_bytes: f64,
    /// Bytes that the browser lets this page store yet, about, where it says.
    pub free: Option<f64>,
}

/// What is stored on this device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Storage {
    /// The latest first. `None` where the browser refuses to store anything.
    pub models: Option<Vec<StoredModel>>,
    /// Bytes in use by this page in all, about, where the browser says.
    pub usage: Option<f64>,
    /// Bytes that it may use, about, where the browser says.
    pub quota: Option<f64>,
    /// Whether the browser promised to keep them until the person removes them.
    pub persisted: bool,
}

/// A model that is stored, whole or in part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredModel {
    /// Names it in requests.
    pub id: String,
    /// For people.
    pub name: String,
    /// SPDX expression, where it is known.
    pub license: Option<String>,
    /// Where it came from, for people: an address, `owner/name` of the hub, or nothing for files.
    pub from: Option<String>,
    /// Bytes of the whole.
    pub bytes: f64,
    /// Bytes that are here.
    pub stored: f64,
    /// When it was first stored, in milliseconds since 1970.
    pub added: f64,
}

/// A model that is ready.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// [`StoredModel::id`], whether it is stored or not.
    pub id: String,
    /// For people, such as `CLIP ViT-B/32`.
    pub name: String,
    /// SPDX expression, where it is known.
    pub license: Option<String>,
    /// Size of its file.
    pub bytes: f64,
    /// Where it runs.
    pub device: DeviceKind,
    /// Why there.
    pub reason: DeviceReason,
    /// Where its file came from.
    pub source: ModelSource,
    /// Something the person should know, in a sentence: not kept, or not on the device hoped for.
    pub notice: Option<String>,
}

impl ModelInfo {
    /// Notes how storing ended. Returns `false` if that was known already.
    pub fn storing_finished(&mut self, refusal: Option<String>) -> bool {
        let waits = self.source == ModelSource::Storing;
        if waits {
            self.source = match refusal {
                Some(_) => ModelSource::Memory,
                None => ModelSource::Network,
            };
            self.notice = refusal.or(self.notice.take());
        }
        waits
    }
}

/// Where a model's file came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelSource {
    /// Fetched, and kept for the next visit.
    Network,
    /// Fetched, and on its way to being kept: [`ToPage::Kept`] tells how that ends.
    Storing,
    /// Kept since an earlier visit.
    Cache,
    /// Fetched, and gone when the page closes.
    Memory,
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
    /// The model cannot be fetched now; it may be when the connection is back.
    Connection,
    /// There is no such device here.
    NoDevice,
    /// The device refused.
    Device,
    /// The device was lost or the worker died: the same request may succeed in a new worker.
    Lost,
    /// The page cancelled it.
    Cancelled,
    /// The page asked for something that the worker does not have.
    Unknown,
}
