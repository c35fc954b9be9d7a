//! What the person may take back.

use std::sync::Arc;

use glance_protocol::PictureId;

use crate::picture::Picture;
use crate::settings::Settings;

/// Something that the person did and may take back.
#[derive(Clone)]
pub struct Undoable {
    /// What was done, in a sentence.
    pub sentence: String,
    pub(crate) undo: Undo,
}

#[derive(Clone)]
pub(crate) enum Undo {
    /// Pictures were taken out, each from its place.
    Removed(Vec<(usize, Arc<Picture>)>),
    /// Pictures were moved; each with its label before.
    Moved(Vec<(PictureId, Option<String>)>),
    /// The labels, and what belongs to them, were these.
    Question(Box<Settings>),
}
