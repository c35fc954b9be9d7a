//! Pictures that are fetched or looked for, until they are all here or the person cancels.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use web_sys::AbortController;

use crate::session::state::Session;
use crate::texts;

/// How far it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Gathering {
    /// Pictures are fetched from their addresses.
    Addresses {
        /// Those that are done.
        done: usize,
        /// All.
        total: usize,
    },
    /// A folder is read.
    Folder {
        /// The folder's name.
        name: String,
        /// Files seen so far.
        files: usize,
    },
}

/// Tells the one who gathers whether the person has cancelled.
#[derive(Clone, Default)]
pub(crate) struct Stop(Rc<State>);

#[derive(Default)]
struct State {
    stopped: Cell<bool>,
    request: RefCell<Option<AbortController>>,
}

impl Stop {
    /// Whether the person has cancelled.
    pub(crate) fn is_stopped(&self) -> bool {
        self.0.stopped.get()
    }

    /// What aborts the next request; it is aborted when the person cancels.
    pub(crate) fn next_request(&self) -> Option<AbortController> {
        let request = AbortController::new().ok()?;
        *self.0.request.borrow_mut() = Some(request.clone());
        Some(request)
    }

    fn stop(&self) {
        self.0.stopped.set(true);
        if let Some(request) = self.0.request.take() {
            request.abort();
        }
    }
}

impl Session {
    /// Starts to gather pictures; only one gathering runs at a time.
    pub(crate) fn start_gathering(self, gathering: Gathering) -> Option<Stop> {
        if self.gathering.with_untracked(Option::is_some) {
            self.say(texts::library_gathering().to_owned());
            return None;
        }
        self.say(String::new());
        self.gathering.set(Some(gathering));
        let stop = Stop::default();
        self.inner
            .update_value(|inner| inner.gathering = stop.clone());
        Some(stop)
    }

    /// Cancels what is gathered; returns whether there was something.
    pub(crate) fn cancel_gathering(self) -> bool {
        let gathered = self.gathering.try_update(Option::take).flatten();
        self.inner.with_value(|inner| inner.gathering.stop());
        gathered.is_some()
    }

    /// Shows how far it is.
    pub(crate) fn show_gathering(self, stop: &Stop, gathering: Gathering) {
        if !stop.is_stopped() {
            self.gathering.set(Some(gathering));
        }
    }

    /// Ends a gathering that is complete.
    pub(crate) fn end_gathering(self, stop: &Stop) {
        if !stop.is_stopped() {
            self.gathering.set(None);
        }
    }
}
