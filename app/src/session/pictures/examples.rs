//! Pictures that the person moved to labels, as examples of what the labels mean.

use std::collections::{BTreeSet, HashMap};

use glance_protocol::{Example, PictureId};
use leptos::prelude::*;

use crate::picture::Phase;
use crate::session::state::Session;

/// Most examples in a question. Learning takes the cube of their number.
const MAX_EXAMPLES: usize = 300;

impl Session {
    /// Moves pictures to a label, and learns from all that were moved.
    pub fn teach(self, ids: &BTreeSet<PictureId>, label: &str) {
        self.remember(|settings| settings.learn = true);
        self.move_to(ids, label);
    }

    /// Pictures on the page that were moved to one of the present labels.
    pub fn count_moved(self) -> usize {
        self.library.changed.track();
        self.settings.with(|settings| {
            self.library.pictures.with(|pictures| {
                let moved = pictures.iter().filter(|picture| {
                    picture.moved.with_untracked(|moved| {
                        moved
                            .as_ref()
                            .is_some_and(|label| settings.labels.contains(label))
                    })
                });
                moved.count()
            })
        })
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

    /// The encoded pictures that were moved to one of the present labels; none unless the person wants
    /// to learn from them.
    fn examples(self) -> Vec<Example> {
        self.settings.with_untracked(|settings| {
            if !settings.learn {
                return Vec::new();
            }
            let labels = settings.labels.iter().zip(0..);
            let labels: HashMap<&String, u32> = labels.collect();
            self.library.pictures.with_untracked(|pictures| {
                let examples = pictures.iter().filter_map(|picture| {
                    let encoded = |phase: &Phase| *phase == Phase::Encoded;
                    let label = picture
                        .moved
                        .with_untracked(|moved| labels.get(moved.as_ref()?).copied())?;
                    picture.phase.with_untracked(encoded).then_some(Example {
                        picture: picture.id,
                        label,
                    })
                });
                examples.take(MAX_EXAMPLES).collect()
            })
        })
    }
}
