//! The names that pictures and ImageNet's classes teach.

use std::path::Path;

use super::concepts::lesson::Rows;
use super::pictures::{Kind, Pictures, View};
use crate::error::DataError;
use crate::words::imagenet::{self, Class};
use crate::words::vocabulary::{Anchor, Anchors, Tree};
use crate::words::wordnet::WordNet;

/// Names, their classes, and the pictures that teach them.
pub struct Names {
    /// All nouns.
    pub wordnet: WordNet,
    /// ImageNet's classes.
    pub classes: Vec<Class>,
    /// Every name once: of classes, of pictures, of kinds of classes.
    pub anchors: Anchors,
    /// The anchor of each class.
    pub class_anchors: Vec<Anchor>,
    /// WordNet's tree over the classes.
    pub tree: Tree,
    /// The training views, each with its anchor.
    pub rows: Rows,
    /// Further phrases of pictures, each with the anchor of its picture.
    pub other_phrases: Vec<(String, Anchor)>,
}

impl Names {
    /// Gathers the names of classes and of what `views` show.
    ///
    /// # Errors
    /// [`DataError`] if a list of words cannot be fetched or read.
    pub fn gather(cache: &Path, pictures: &Pictures, views: &[View]) -> Result<Self, DataError> {
        let wordnet = WordNet::load(cache)?;
        let classes = imagenet::load(cache)?;
        let mut anchors = Anchors::default();
        let class_anchors: Vec<Anchor> = classes
            .iter()
            .map(|class| anchors.add(&class.name))
            .collect();
        let (rows, other_phrases) = rows(pictures, views, &mut anchors);
        let tree = Tree::new(&classes, &class_anchors, &wordnet, &mut anchors);
        Ok(Self {
            wordnet,
            classes,
            anchors,
            class_anchors,
            tree,
            rows,
            other_phrases,
        })
    }
}

/// The training rows, and the further phrases of their pictures.
fn rows(
    pictures: &Pictures,
    views: &[View],
    anchors: &mut Anchors,
) -> (Rows, Vec<(String, Anchor)>) {
    let mut rows = Rows::default();
    let mut other_phrases = Vec::new();
    for (row, view) in views.iter().enumerate() {
        let subject = &pictures.subjects[view.subject as usize];
        let Some((name, others)) = subject.phrases.split_first().filter(|_| !subject.held_out)
        else {
            continue;
        };
        let anchor = anchors.add(name);
        let group = match subject.kind {
            Kind::Drawing => 0,
            Kind::Photo => 1,
            Kind::SmallPhoto => 2,
        };
        rows.groups[group].push((row, anchor));
        if view.number == 0 {
            other_phrases.extend(others.iter().map(|phrase| (phrase.clone(), anchor)));
        }
    }
    (rows, other_phrases)
}
