//! Inputs of the phrases' meanings.

use super::imagenet::Class;
use super::vocabulary::{Anchor, Anchors, Tree};
use super::wordnet::WordNet;

/// Inputs of the phrases' meanings.
pub struct Sources<'a> {
    /// Names that pictures teach.
    pub anchors: &'a Anchors,
    /// ImageNet's classes.
    pub classes: &'a [Class],
    /// The anchor of each class.
    pub class_anchors: &'a [Anchor],
    /// The tree over the classes.
    pub tree: &'a Tree,
    /// WordNet's nouns.
    pub wordnet: &'a WordNet,
    /// Further phrases of pictures, each with the anchor of its picture.
    pub other_phrases: &'a [(String, Anchor)],
}
