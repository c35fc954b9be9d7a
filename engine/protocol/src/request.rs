//! What the page asks for.

use serde::{Deserialize, Serialize};

use super::device::DeviceKind;
#[cfg(doc)]
use super::{Answer, ModelInfo, RememberedPicture, StoredModel};

/// Identifies a picture for as long as the page shows it.
pub type PictureId = u32;

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Load a model; answered by [`Answer::Loaded`]. If it is the model that was loaded before, by
    /// its [`ModelInfo::id`], cached embeddings stay.
    Load {
        /// Where it comes from.
        origin: ModelOrigin,
        /// Absolute URL of OpenAI's merges, for checkpoints without a vocabulary of their own.
        merges: String,
        /// The device to run on; `None` takes the faster one.
        device: Option<DeviceKind>,
    },
    /// Inspect a checkpoint without downloading its weights; answered by [`Answer::Described`].
    Describe {
        /// Where it comes from: files or a hub.
        origin: ModelOrigin,
        /// As for [`Request::Load`].
        merges: String,
    },
    /// List the stored models; answered by [`Answer::Stored`] at once, whatever else runs.
    Stored,
    /// Delete a stored model; answered by [`Answer::Stored`]. The loaded model stays usable until
    /// another one is loaded.
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
    /// On a GPU, queued pictures are encoded in batches. A file that this model encoded before is
    /// not encoded again.
    Embed {
        /// Its id from now on.
        picture: PictureId,
        /// [`RememberedPicture::content`], if it is known. Then no file is needed as long as the
        /// embedding is remembered.
        content: Option<String>,
        /// Whether the picture library is used: the embedding is taken from there, or stored there with
        /// a thumbnail. Otherwise nothing of the picture outlives this worker.
        remember: bool,
    },
    /// As [`Request::Embed`] for the decoded pixels that travel with the message: straight RGBA
    /// `[height, width, 4]`. They are not remembered.
    EmbedPixels {
        /// Its id from now on.
        picture: PictureId,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// Count the remembered pictures; answered by [`Answer::Remembered`] at once, whatever else
    /// runs.
    Remembered,
    /// Hand out the next remembered pictures, in the order they were added; answered by
    /// [`Answer::Recalled`] at once.
    Recall {
        /// Only those that were added after this time: [`RememberedPicture::added`] of the last one,
        /// or 0.
        after: f64,
    },
    /// Forget pictures with their embeddings and corrections; answered by [`Answer::Remembered`] at once. Embeddings
    /// of pictures on the page stay usable.
    ForgetPictures {
        /// [`RememberedPicture::content`] of each; `None` forgets all.
        contents: Option<Vec<String>>,
    },
    /// List the pictures that the person moved to labels, at any visit; answered by
    /// [`Answer::Corrections`] at once.
    Corrections,
    /// Remember labels that the person moved pictures to; answered by [`Answer::Remembered`] at once.
    Correct {
        /// [`RememberedPicture::content`] of each with its label; `None` forgets its label.
        corrections: Vec<(String, Option<String>)>,
    },
    /// Rank labels for embedded pictures; answered by [`Answer::Rankings`].
    Rank {
        /// Pictures, in the order of the answer.
        pictures: Vec<PictureId>,
        /// Labels as the person wrote them.
        labels: Vec<String>,
        /// The prompt templates for each label: one, or several whose embeddings are averaged.
        templates: Vec<String>,
        /// Whether "none of these" competes with the labels.
        none_of_these: bool,
        /// Embedded pictures that show what labels mean; none ranks by the labels' texts alone. One of
        /// an earlier visit is embedded by its content first ([`Request::Embed`]).
        examples: Vec<Example>,
    },
    /// Rank labels for a frame from a camera; answered by [`Answer::Rankings`] with one row. It goes
    /// ahead of queued pictures, and its embedding is not kept.
    Look {
        /// Pixels a side of the square frame, at most 1024.
        side: u32,
        /// RGBA `[side, side, 4]`.
        #[serde(with = "serde_bytes")]
        pixels: Vec<u8>,
        /// As for [`Request::Rank`].
        labels: Vec<String>,
        /// As for [`Request::Rank`].
        templates: Vec<String>,
        /// As for [`Request::Rank`].
        none_of_these: bool,
        /// As for [`Request::Rank`].
        examples: Vec<Example>,
    },
    /// Say where a label is seen in the picture file that travels with the message; answered by
    /// [`Answer::Regions`]. It goes ahead of queued pictures.
    Regions {
        /// The label, as an index into the labels.
        label: u32,
        /// As for [`Request::Rank`]; the others say what is common to all labels.
        labels: Vec<String>,
        /// As for [`Request::Rank`].
        templates: Vec<String>,
    },
    /// Compare embedded pictures with captions; answered by [`Answer::Cosines`].
    Match {
        /// Rows of the answer.
        pictures: Vec<PictureId>,
        /// Columns of the answer.
        captions: Vec<String>,
    },
    /// Compare embedded pictures with what a person searches for; answered by [`Answer::Found`].
    Search {
        /// Pictures, in the order of the answer.
        pictures: Vec<PictureId>,
        /// What is searched for.
        query: Query,
    },
    /// Measure how fast vision transformers run where the loaded model runs; answered by
    /// [`Answer::Speed`]. Takes about 50 ms.
    Measure,
    /// Group embedded pictures that look alike; answered by [`Answer::Groups`].
    Group {
        /// Pictures, in the order of the answer.
        pictures: Vec<PictureId>,
        /// What the pictures of a group have in common.
        by: Likeness,
    },
    /// Encode texts; answered by [`Answer::TextEmbeddings`].
    EmbedTexts {
        /// Labels or captions, in the order of the answer.
        texts: Vec<String>,
        /// As for [`Request::Rank`]; none for texts that are encoded as they are.
        templates: Vec<String>,
    },
    /// Hand out the embeddings of pictures; answered by [`Answer::Embeddings`].
    Embeddings {
        /// Pictures, in the order of the answer.
        pictures: Vec<PictureId>,
    },
}

/// A picture that shows what a label means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Example {
    /// An embedded picture.
    pub picture: PictureId,
    /// The label, as an index into the labels.
    pub label: u32,
}

/// What a person searches for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Query {
    /// Pictures that fit a text, as it was typed.
    Text(String),
    /// Pictures like this one, which is embedded.
    Like(PictureId),
}

/// What the pictures of a group have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Likeness {
    /// They are nearly the same picture: a burst, or copies of another size or quality.
    NearlySame,
    /// Their content is similar.
    Alike,
}

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelOrigin {
    /// The pack at this absolute URL, or the one that the manifest there describes.
    Manifest(String),
    /// A checkpoint or a pack in the files that travel with the message.
    Files,
    /// A stored model, by its [`StoredModel::id`]; missing pieces are downloaded.
    Stored(String),
    /// A checkpoint in a repository of a hub.
    Hub {
        /// Absolute URL of the hub.
        base: String,
        /// `owner/name` or `owner/name@revision`, as the person typed it.
        repository: String,
    },
}
