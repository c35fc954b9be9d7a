//! Labels that the person moved pictures to. They are remembered by the pictures' contents, because they
//! are the person's and hold for every model.

use std::sync::Arc;

use glance_protocol::{Answer, Failure, Request};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::picture::Picture;
use crate::session::state::Session;

impl Session {
    /// Learns which pictures were moved at earlier visits, and moves those that are here.
    pub(crate) async fn learn_corrections(self) -> Result<(), Failure> {
        if let Answer::Corrections { labels } = self.ask(Request::Corrections, &[]).await? {
            // What the person moved meanwhile is newer.
            self.inner.update_value(|inner| {
                for (content, label) in labels {
                    inner.corrections.entry(content).or_insert(label);
                }
            });
            let pictures = self.library.pictures.get_untracked();
            pictures.iter().for_each(|picture| self.correct(picture));
        }
        Ok(())
    }

    /// Moves a picture whose content is known to the label that it had at an earlier visit. If the
    /// person moved it before its content was known, remembers that instead.
    pub(crate) fn correct(self, picture: &Arc<Picture>) {
        if picture.moved.with_untracked(Option::is_some) {
            return self.remember_corrections(std::slice::from_ref(picture));
        }
        let label = picture.content.with_untracked(|content| {
            let content = content.as_ref()?;
            self.inner
                .with_value(|inner| inner.corrections.get(content).cloned())
        });
        if label.is_some() {
            picture.moved.set(label);
            self.library.touch();
        }
    }

    /// Remembers where the person moved pictures, or that they are where the model puts them.
    pub(crate) fn remember_corrections(self, pictures: &[Arc<Picture>]) {
        let corrections = pictures.iter().filter_map(|picture| {
            let content = picture.content.get_untracked()?;
            Some((content, picture.moved.get_untracked()))
        });
        let mut corrections: Vec<_> = corrections.collect();
        self.inner.update_value(|inner| {
            corrections.retain(|(content, label)| match label {
                Some(label) => {
                    let before = inner.corrections.insert(content.clone(), label.clone());
                    before.as_ref() != Some(label)
                }
                None => inner.corrections.remove(content).is_some(),
            });
        });
        if corrections.is_empty() {
            return;
        }
        spawn_local(async move {
            // If this fails, they hold for this visit.
            let _ = self.ask(Request::Correct { corrections }, &[]).await;
        });
    }
}
