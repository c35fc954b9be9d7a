//! The camera that is open: starts, stops, freezes and switches it.

use js_sys::Function;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlVideoElement;

use super::pace::Pace;
use super::steady::Steady;
use crate::browser::camera::frames::Squares;
use crate::browser::camera::{self, CameraError, Feed, Wish};
use crate::browser::focus;
use crate::picture::Entry;
use crate::session::Session;

/// Selects the camera's view.
pub(super) const VIEW: &str = "#camera";
/// Selects the button that opens it.
const OPEN: &str = "#open-camera";

/// A handle on the open camera; cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct Live {
    pub state: RwSignal<State>,
    /// The labels of the latest frame, best first.
    pub entries: RwSignal<Vec<Entry>>,
    /// Why the latest frame has no labels; empty if it has.
    pub problem: RwSignal<String>,
    /// Whether there is another camera.
    pub several: RwSignal<bool>,
    /// Whether the camera shows the person.
    pub front: RwSignal<bool>,
    /// Answers a second.
    pub pace: RwSignal<f64>,
    /// What a screen reader says.
    pub spoken: RwSignal<String>,
    pub(super) session: Session,
    pub(super) video: NodeRef<html::Video>,
    /// Whether the page shows the camera.
    open: RwSignal<bool>,
    pub(super) inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The camera is being opened, or waits until the page is seen again.
    Opening,
    /// Its frames are looked at.
    Moving,
    /// The person holds one frame.
    Frozen,
}

#[derive(Default)]
pub(super) struct Inner {
    /// `None` while there is none, so that its lamp is off.
    feed: Option<Feed>,
    /// Which camera to open when the page is seen again.
    wishes: Vec<Wish>,
    /// Counts the tries to open a camera. One that comes too late is stopped.
    tries: u32,
    pub(super) squares: Option<Squares>,
    /// Makes the loop look without a new frame.
    pub(super) wake: Option<Function>,
    /// The revision of the question that the frozen frame has answered.
    pub(super) answered: Option<u32>,
    pub(super) pace: Pace,
    pub(super) steady: Steady,
}

impl Live {
    /// A camera that is not open yet.
    pub fn new(session: Session, video: NodeRef<html::Video>, open: RwSignal<bool>) -> Self {
        Self {
            state: RwSignal::new(State::Opening),
            entries: RwSignal::new(Vec::new()),
            problem: RwSignal::new(String::new()),
            several: RwSignal::new(false),
            front: RwSignal::new(false),
            pace: RwSignal::new(0.0),
            spoken: RwSignal::new(String::new()),
            session,
            video,
            open,
            inner: StoredValue::new_local(Inner {
                squares: Squares::new(),
                ..Inner::default()
            }),
        }
    }

    /// Opens one of these cameras instead of the present one.
    pub fn start(self, wishes: Vec<Wish>) {
        let tries = self.release();
        self.state.set(State::Opening);
        // Not cancelled with the component: a camera that nobody takes would stay on.
        spawn_local(async move {
            let opened = Feed::open(&wishes, move || self.end(CameraError::Ended)).await;
            if self.inner.try_with_value(|inner| inner.tries) != Some(tries) {
                return;
            }
            match opened {
                Ok(feed) => self.show(feed).await,
                Err(error) => self.end(error),
            }
        });
    }

    async fn show(self, feed: Feed) {
        let Some(video) = self.video.get_untracked() else {
            return;
        };
        let message = self.session.message;
        if message.with_untracked(|message| CameraError::is_said_by(message)) {
            self.session.say(String::new());
        }
        video.set_src_object(Some(feed.stream()));
        play(&video);
        self.front.set(feed.is_front());
        self.inner.update_value(|inner| {
            inner.wishes = feed.same();
            inner.feed = Some(feed);
        });
        self.state.set(State::Moving);
        let several = camera::ids().await.len() > 1;
        self.several.try_set(several);
    }

    /// Stops the camera, and forgets one that is being opened. Returns the number of the next try.
    fn release(self) -> u32 {
        let tries = self.inner.try_update_value(|inner| {
            inner.feed = None;
            inner.tries += 1;
            inner.tries
        });
        tries.unwrap_or_default()
    }

    /// Stops the camera and closes its view.
    pub fn stop(self) {
        self.release();
        if focus::is_within(VIEW) {
            request_animation_frame(|| focus::first(OPEN));
        }
        self.open.set(false);
    }

    fn end(self, why: CameraError) {
        self.session.say(why.sentence().to_owned());
        self.stop();
    }

    /// Opens another camera than the present one.
    pub fn switch(self) {
        spawn_local(async move {
            let ids = camera::ids().await;
            let wishes = self.inner.try_with_value(|inner| {
                let feed = inner.feed.as_ref();
                feed.map_or_else(camera::first, |feed| feed.other(&ids))
            });
            if let Some(wishes) = wishes {
                self.start(wishes);
            }
        });
    }

    /// Holds the present frame, or goes on.
    pub fn freeze_or_go_on(self) {
        match self.state.get_untracked() {
            State::Opening => {}
            State::Moving => {
                if let Some(video) = self.video.get_untracked() {
                    // Can only fail if it is not playing.
                    let _ = video.pause();
                }
                self.inner.update_value(|inner| inner.answered = None);
                self.state.set(State::Frozen);
                self.wake();
            }
            State::Frozen if self.inner.with_value(|inner| inner.feed.is_some()) => {
                if let Some(video) = self.video.get_untracked() {
                    play(&video);
                }
                self.state.set(State::Moving);
            }
            // It was stopped while the page was hidden.
            State::Frozen => self.reopen(),
        }
    }

    /// Stops the camera while nobody sees the page; a frozen frame stays.
    pub fn seen(self, visible: bool) {
        let frozen = self.state.get_untracked() == State::Frozen;
        match visible {
            false => {
                self.release();
                if !frozen {
                    self.state.set(State::Opening);
                }
            }
            true if !frozen => self.reopen(),
            true => {}
        }
    }

    fn reopen(self) {
        let wishes = self.inner.with_value(|inner| inner.wishes.clone());
        self.start(match wishes.is_empty() {
            true => camera::first(),
            false => wishes,
        });
    }
}

/// Plays a video. A browser that refuses shows its first frame.
fn play(video: &HtmlVideoElement) {
    if let Ok(started) = video.play() {
        spawn_local(async move { drop(JsFuture::from(started).await) });
    }
}
