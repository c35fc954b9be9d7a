//! Pictures of earlier visits, which the browser remembers without their files.

use std::sync::Arc;

use glance_protocol::{Answer, Failure, RememberedPicture, Request};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::adding::{MAX_PICTURES, jpeg_url};
use crate::format;
use crate::picture::{Phase, Picture};
use crate::session::models::model_state::ModelState;
use crate::session::models::stored_state::EarlierPictures;
use crate::session::state::Session;
use crate::texts;

impl Session {
    /// Finds out once whether there are pictures of an earlier visit.
    pub(crate) fn look_for_earlier(self) {
        let first = self
            .inner
            .try_update_value(|inner| !std::mem::replace(&mut inner.looked_for_earlier, true));
        if first != Some(true) {
            return;
        }
        spawn_local(async move {
            let learned = self.learn_corrections().await;
            match learned.and(self.ask(Request::Remembered, &[]).await) {
                Ok(answer) => self.offer_earlier(&answer),
                // The next worker is asked.
                Err(_) => self
                    .inner
                    .update_value(|inner| inner.looked_for_earlier = false),
            }
        });
    }

    fn offer_earlier(self, answer: &Answer) {
        if let Answer::Remembered {
            count: count @ 1..,
            latest: Some(latest),
        } = *answer
        {
            self.earlier.set(Some(EarlierPictures { count, latest }));
        }
    }

    /// Adds the pictures of earlier visits that are not on the page.
    pub fn continue_earlier(self) {
        let Some(earlier) = self.earlier.try_update(Option::take).flatten() else {
            return;
        };
        spawn_local(async move {
            if let Err(failure) = self.recall().await {
                // Pictures that came already are not added twice.
                self.earlier.set(Some(earlier));
                self.say(failure.message);
            }
        });
    }

    async fn recall(self) -> Result<(), Failure> {
        let mut after = 0.0;
        loop {
            let answer = self.ask(Request::Recall { after }, &[]).await?;
            let Answer::Recalled { pictures } = answer else {
                return Ok(());
            };
            let Some(last) = pictures.last() else {
                return Ok(());
            };
            after = last.added;
            if !self.add_recalled(pictures) {
                self.say(texts::library_full_earlier(&format::count(MAX_PICTURES)));
                return Ok(());
            }
        }
    }

    /// Adds recalled pictures; returns whether all fit.
    fn add_recalled(self, pictures: Vec<RememberedPicture>) -> bool {
        let mut room = MAX_PICTURES.saturating_sub(self.library.pictures.with_untracked(Vec::len));
        let mut added = Vec::new();
        for recalled in pictures {
            if self.library.of_content(&recalled.content).is_some() {
                continue;
            }
            if room == 0 {
                break;
            }
            room -= 1;
            let url = jpeg_url(&recalled.jpeg).unwrap_or_default();
            let id = self.inner.try_update_value(|inner| {
                inner.next_picture += 1;
                inner.waiting.push_back(inner.next_picture);
                inner.next_picture
            });
            let Some(id) = id else { break };
            let picture = Picture::recalled(id, recalled.name, url, recalled.content);
            let picture = Arc::new(picture);
            self.correct(&picture);
            added.push(picture);
        }
        self.library.extend(added);
        self.advance();
        room > 0
    }

    /// Forgets all remembered pictures. Those on the page stay there.
    pub fn forget_earlier(self) {
        self.earlier.set(None);
        self.inner.update_value(|inner| inner.corrections.clear());
        spawn_local(async move {
            let request = Request::ForgetPictures { contents: None };
            let message = match self.ask(request, &[]).await {
                Ok(_) => texts::library_forgotten().to_owned(),
                Err(failure) => failure.message,
            };
            self.say(message);
        });
    }

    /// Forgets these contents, unless another picture on the page has them.
    pub(crate) fn forget_contents(self, mut contents: Vec<String>) {
        contents.retain(|content| self.library.of_content(content).is_none());
        if contents.is_empty() {
            return;
        }
        self.inner.update_value(|inner| {
            let forgotten = contents.iter();
            forgotten.for_each(|content| drop(inner.corrections.remove(content)));
        });
        spawn_local(async move {
            let contents = Some(contents);
            // If this fails, they are offered at the next visit and can be forgotten there.
            let _ = self.ask(Request::ForgetPictures { contents }, &[]).await;
        });
    }

    /// Handles the end of remembering at this visit. Any other message matters more.
    pub(crate) fn not_remembered(self, why: String) {
        let noticed = self.model.with_untracked(
            |model| matches!(model, ModelState::Ready(info) if info.notice.is_some()),
        );
        if !noticed && self.message.with_untracked(String::is_empty) {
            self.say(why);
        }
    }

    /// Tries recalled pictures again that the previous model had not looked at.
    pub(crate) fn retry_recalled(self) {
        let failed = |phase: &Phase| matches!(phase, Phase::Failed { .. });
        for id in self.library.in_phase(failed) {
            let has_file = self.inner.with_value(|inner| inner.files.contains_key(&id));
            let picture = self.library.get(id).filter(|_| !has_file);
            if picture.is_some_and(|picture| picture.content.with_untracked(Option::is_some)) {
                self.library.set_phase(id, Phase::Waiting);
            }
        }
    }

    /// A sentence about pictures on the page without a file; empty if there are none.
    pub fn without_files(self) -> String {
        let count = self.library.pictures.with_untracked(|pictures| {
            self.inner.with_value(|inner| {
                let recalled = pictures.iter().filter(|picture| {
                    picture.content.with_untracked(Option::is_some)
                        && !inner.files.contains_key(&picture.id)
                });
                recalled.count()
            })
        });
        match count {
            0 => String::new(),
            _ => texts::library_without_files(count),
        }
    }
}
