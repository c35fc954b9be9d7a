//! Pictures that the person moved to labels, as examples of what the labels mean.

use std::cell::LazyCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use glance_protocol::{Example, PictureId};
use leptos::prelude::*;

use crate::picture::{Phase, Picture};
use crate::session::state::Session;

/// Most examples in a question. Learning takes the cube of their number.
const MAX_EXAMPLES: usize = 300;

impl Session {
    /// Moves pictures to a label, and learns from all that were moved.
    pub fn teach(self, ids: &BTreeSet<PictureId>, label: &str) {
        self.remember(|settings| settings.learn = true);
        self.move_to(ids, label);
    }

    /// The number of pictures on the page that were moved to one of the present labels.
    pub fn count_moved(self) -> usize {
        self.library.changed.track();
        self.settings
            .with(|settings| self.moved(&settings.labels).len())
    }

    /// Asks the question again if its examples have changed.
    pub(crate) fn follow_examples(self) {
        let examples = self.examples();
        let changed = self.inner.try_update_value(|inner| {
            let changed = inner.examples != examples;
            inner.examples = examples;
            changed
        });
        if changed == Some(true) {
            self.revision.update(|revision| *revision += 1);
            self.library.touch();
        }
    }

    /// The moved pictures that are encoded; none unless the person wants to learn from them.
    fn examples(self) -> Vec<Example> {
        self.settings.with_untracked(|settings| {
            if !settings.learn {
                return Vec::new();
            }
            let encoded = |(picture, label): (Arc<Picture>, u32)| {
                let is_encoded = |phase: &Phase| *phase == Phase::Encoded;
                picture.phase.with_untracked(is_encoded).then_some(Example {
                    picture: picture.id,
                    label,
                })
            };
            let moved = self.moved(&settings.labels).into_iter();
            moved.filter_map(encoded).take(MAX_EXAMPLES).collect()
        })
    }

    /// The pictures on the page that were moved to one of these labels, each with its label's index.
    fn moved(self, labels: &[String]) -> Vec<(Arc<Picture>, u32)> {
        // Thousands of labels are made into a table only if a picture was moved.
        let indices = LazyCell::new(|| labels.iter().zip(0..).collect::<HashMap<&String, u32>>());
        self.library.pictures.with_untracked(|pictures| {
            let moved = pictures.iter().filter_map(|picture| {
                let label = |moved: &Option<String>| indices.get(moved.as_ref()?).copied();
                Some((picture.clone(), picture.moved.with_untracked(label)?))
            });
            moved.collect()
        })
    }
}
