//! One picture on the page.

use std::sync::Arc;

use glance_protocol::PictureId;
use leptos::prelude::ArcRwSignal;

/// What the page shows of a picture. The session holds its file.
#[derive(Clone)]
pub struct Picture {
    /// Identifies it in messages.
    pub id: PictureId,
    /// The file's name.
    pub name: String,
    /// An object URL of the file, revoked when the picture is removed.
    pub url: String,
    /// Its progress.
    pub phase: ArcRwSignal<Phase>,
    /// The latest ranking, which may answer an older question.
    pub ranking: ArcRwSignal<Option<Arc<Ranking>>>,
}

/// A picture's progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is queued.
    Waiting,
    /// The worker is encoding it.
    Running,
    /// The worker has its embedding.
    Encoded,
    /// It could not be encoded.
    Failed {
        /// Why, in a sentence.
        message: String,
        /// Whether another try may help.
        retry: bool,
    },
}

/// Labels ranked for one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranking {
    /// The revision of the question that it answers.
    pub revision: u32,
    /// Best first.
    pub entries: Vec<Entry>,
}

/// One line of a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The label as the person wrote it, or "none of these".
    pub label: String,
    /// Whether it is the neutral entry.
    pub none_of_these: bool,
    /// Share among the entries, 0 to 1.
    pub probability: f32,
    /// −1 to 1.
    pub cosine: f32,
    /// Whether the model read only the beginning of the label.
    pub truncated: bool,
}
