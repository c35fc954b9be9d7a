//! What meanings are made from.

use super::imagenet::Class;
use super::vocabulary::{Anchor, Anchors, Tree};
use super::wordnet::WordNet;

/// What the meanings are made from.
pub struct Sources<'a> {
    /// Names that pictures teach.
    pub anchors: &'a Anchors,
    /// ImageNet's classes and their anchors.
    pub classes: &'a [Class],
    /// The anchor of each class.
    pub class_anchors: &'a [Anchor],
    /// The tree over the classes.
    pub tree: &'a Tree,
    /// The nouns.
    pub wordnet: &'a WordNet,
    /// Phrases that go with pictures beside their names, each with the anchor of its picture.
    pub other_phrases: &'a [(String, Anchor)],
}
