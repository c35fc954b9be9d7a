//! Pictures with the same content, of which the page keeps one.

use std::collections::BTreeSet;
use std::sync::Arc;

use glance_protocol::{PictureId, ToWorker};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

use crate::picture::Picture;
use crate::session::state::Session;
use crate::texts;

/// Duplicates that are found within this time are taken out together, because each change of the
/// pictures arranges all of them again.
const COLLECTED_MILLISECONDS: u32 = 1000;

impl Session {
    /// Records the content of a picture. If another has the same, one of them is soon taken out.
    pub(crate) fn learn_content(self, id: PictureId, content: String) {
        if let Some(picture) = self.library.get(id) {
            picture.content.set(Some(content));
            self.correct(&picture);
            self.find_duplicate(&picture);
        }
    }

    /// Notes a picture that has the same content as another.
    pub(crate) fn find_duplicate(self, picture: &Arc<Picture>) {
        if self.library.claim_content(picture).is_none() {
            return;
        }
        self.inner.update_value(|inner| {
            inner.duplicates.push(picture.id);
            if inner.duplicates.len() == 1 {
                let settle = move || self.settle_duplicates();
                Timeout::new(COLLECTED_MILLISECONDS, settle).forget();
            }
        });
    }

    /// Takes out the later of each two pictures with the same content, and says how many.
    fn settle_duplicates(self) {
        let noted = self
            .inner
            .try_update_value(|inner| std::mem::take(&mut inner.duplicates));
        let has_file = |id| self.inner.with_value(|inner| inner.files.contains_key(&id));
        let (mut out, mut replaced) = (Vec::new(), Vec::new());
        for picture in noted.unwrap_or_default() {
            let Some(picture) = self.library.get(picture) else {
                continue;
            };
            let Some(other) = self.library.claim_content(&picture) else {
                continue;
            };
            let (earlier, later) = match other.id < picture.id {
                true => (other, picture),
                false => (picture, other),
            };
            if has_file(later.id) && !has_file(earlier.id) {
                // A recalled picture was added again. Its file is what was missing.
                self.library.own_content(&later);
                if later.moved.with_untracked(Option::is_none) {
                    later.moved.set(earlier.moved.get_untracked());
                }
                replaced.push((earlier, later));
            } else {
                self.library.own_content(&earlier);
                out.push(later);
            }
        }
        let count = out.len();
        let added = replaced.iter().map(|(_, added)| added.id);
        let taken = out.iter().map(|picture| picture.id).chain(added);
        self.library.take(&taken.collect());
        self.library.replace(&replaced);
        out.extend(replaced.into_iter().map(|(recalled, _)| recalled));
        self.let_go(&out);
        if count > 0 {
            self.say(texts::library_duplicates(count));
        }
    }

    /// Frees what the page and the worker hold of pictures that are gone for good.
    pub(crate) fn let_go(self, pictures: &[Arc<Picture>]) {
        let ids: BTreeSet<PictureId> = pictures.iter().map(|picture| picture.id).collect();
        self.table
            .update(|table| ids.iter().for_each(|id| table.remove(*id)));
        self.inner.update_value(|inner| {
            inner.waiting.retain(|id| !ids.contains(id));
            for picture in pictures {
                picture.revoke_urls();
                inner.files.remove(&picture.id);
                inner.tries.remove(&picture.id);
                inner.embedded.remove(&picture.id);
                inner.tell(&ToWorker::Forget(picture.id));
            }
        });
    }
}
