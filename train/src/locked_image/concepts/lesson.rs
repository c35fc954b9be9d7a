//! What names are learnt from: features of pictures, the tower's own classifier, and WordNet's tree.

use crate::locked_image::features::Features;
use crate::words::vocabulary::{Anchor, Tree};

/// The tower's own classifier, `[1000, features]` and `[1000]`.
pub struct Classifier {
    /// Row-major, a row a class.
    pub weight: Vec<f32>,
    /// One value a class.
    pub bias: Vec<f32>,
}

/// Rows of the features to learn from, each with the anchor of its name.
#[derive(Default)]
pub struct Rows {
    /// Drawings, photographs, small photographs.
    pub groups: [Vec<(usize, Anchor)>; 3],
}

/// Training data of stages 1 and 3.
pub struct Lesson<'a> {
    /// The locked tower's features.
    pub features: &'a Features,
    /// The training rows.
    pub rows: &'a Rows,
    /// The tower's own classifier.
    pub classifier: &'a Classifier,
    /// The anchors of ImageNet's classes, in the classifier's order.
    pub class_anchors: &'a [Anchor],
    /// The tree over the classes.
    pub tree: &'a Tree,
    /// The classes that each anchor's name means, by WordNet.
    pub known: &'a [&'a [u32]],
}

impl Lesson<'_> {
    /// How many anchors there are.
    pub fn anchors(&self) -> usize {
        self.known.len()
    }
}
