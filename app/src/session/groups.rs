//! Asks the worker which pictures look alike.

use glance_protocol::{Answer, Request};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::models::model_state::ModelState;
use super::state::Session;
use crate::arrangement::Group;
use crate::arrangement::groups::Groups;
use crate::picture::Phase;
use crate::settings::Mode;

impl Session {
    /// Asks for groups of pictures that look alike if the person wants them and some picture has no
    /// group yet. Waits until no picture is being encoded: each answer would change the groups.
    pub fn group_pictures(self) {
        let wanted = self
            .settings
            .with_untracked(|settings| (settings.mode, settings.view.group));
        let (Mode::Sort, Group::Likeness(by)) = wanted else {
            return;
        };
        let ready = self
            .model
            .with_untracked(|model| matches!(model, ModelState::Ready(_)));
        let paused = self.paused.get_untracked();
        let busy = self.inner.with_value(|inner| {
            let encodes = !inner.embedding.is_empty() || !(paused || inner.waiting.is_empty());
            encodes || inner.grouping
        });
        if busy || !ready {
            return;
        }
        let pictures = self.library.in_phase(|phase| *phase == Phase::Encoded);
        let known = self.groups.with_untracked(|groups| {
            groups.by == Some(by) && pictures.iter().all(|id| groups.of.contains_key(id))
        });
        if known || pictures.is_empty() {
            return;
        }
        self.inner.update_value(|inner| inner.grouping = true);
        spawn_local(async move {
            let request = Request::Group {
                pictures: pictures.clone(),
                by,
            };
            let answer = self.ask(request, &[]).await;
            self.inner.update_value(|inner| inner.grouping = false);
            match answer {
                Ok(Answer::Groups { of }) => {
                    self.groups.set(Groups {
                        by: Some(by),
                        of: pictures.into_iter().zip(of).collect(),
                    });
                    // The person may have chosen or added something else meanwhile.
                    self.group_pictures();
                }
                Ok(_) => {}
                Err(failure) => self.say(failure.message),
            }
        });
    }
}
