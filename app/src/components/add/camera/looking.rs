//! Looks at the camera's frames.
//!
//! The loop waits for a frame, sends it and waits for the answer. Frames that come meanwhile are
//! dropped: at most one is in the worker.

use glance_protocol::ErrorKind;
use js_sys::{Date, Promise};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::bars::SHOWN;
use super::live::{Live, State};
use crate::browser::camera::frames::{self, SIDE};
use crate::format;
use crate::picture::Entry;

impl Live {
    /// Looks at frames until it is cancelled.
    pub async fn follow(self) {
        let Some(mut frame) = self.next_frame() else {
            return;
        };
        while JsFuture::from(frame).await.is_ok() {
            // Asked for before looking, so that a frame that comes meanwhile is looked at at once.
            let Some(next) = self.next_frame() else {
                return;
            };
            frame = next;
            self.look().await;
        }
    }

    /// Looks again at a frozen frame; a moving one is followed anyway.
    pub fn wake(self) {
        let wake = self.inner.with_value(|inner| inner.wake.clone());
        if let Some(wake) = wake {
            // A promise that was kept before ignores it.
            let _ = wake.call0(&JsValue::NULL);
        }
    }

    fn next_frame(self) -> Option<Promise> {
        let video = self.video.get_untracked()?;
        let (came, wake) = frames::next(&video);
        self.inner.update_value(|inner| inner.wake = Some(wake));
        Some(came)
    }

    async fn look(self) {
        let revision = self.session.revision.get_untracked();
        let due = match self.state.get_untracked() {
            State::Opening => false,
            State::Moving => true,
            State::Frozen => self.inner.with_value(|inner| inner.answered) != Some(revision),
        };
        if !due || !untrack(|| self.session.can_look()) {
            return;
        }
        let Some(pixels) = self.read_square() else {
            return;
        };
        let frozen = self.state.get_untracked() == State::Frozen;
        match self.session.look(SIDE, pixels).await {
            Ok(ranking) => self.tell(ranking.entries(), frozen.then_some(revision)),
            // The session starts the engine again.
            Err(failure) if failure.kind == ErrorKind::Lost => {}
            Err(failure) => self.problem.set(failure.message),
        }
    }

    fn read_square(self) -> Option<Vec<u8>> {
        let video = self.video.get_untracked()?;
        self.inner
            .with_value(|inner| inner.squares.as_ref()?.read(&video))
    }

    /// Shows an answer; `frozen` is the revision of the question if it is about the frozen frame.
    fn tell(self, mut entries: Vec<Entry>, frozen: Option<u32>) {
        let now = Date::now();
        let (pace, news) = self
            .inner
            .try_update_value(|inner| {
                inner.answered = frozen;
                let first = entries.first();
                let news = first.filter(|first| {
                    let held = frozen.is_some();
                    inner.steady.is_news(&first.label, now, held)
                });
                (inner.pace.after(now), news.cloned())
            })
            .unwrap_or_default();
        self.pace.set(pace);
        if let Some(Entry {
            label, probability, ..
        }) = news
        {
            let percent = format::whole_percent(probability);
            self.spoken.set(format!("{label}, {percent}"));
        }
        if !self.problem.with_untracked(String::is_empty) {
            self.problem.set(String::new());
        }
        entries.truncate(SHOWN);
        self.entries.set(entries);
    }
}
