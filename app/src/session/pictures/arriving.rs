//! What the page knows of pictures that are on their way.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use web_sys::{AbortController, File};

/// A file that is to be added; if it comes from a folder, with what tells it from others there.
pub(crate) type Arrived = (File, Option<String>);

/// A folder that the page may look into again.
#[derive(Clone, PartialEq, Eq)]
pub struct Folder {
    /// Identifies it at this visit.
    pub id: u32,
    /// Its name, without the folders around it.
    pub name: String,
}

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

    /// Says that the person has cancelled.
    pub(crate) fn stop(&self) {
        self.0.stopped.set(true);
        if let Some(request) = self.0.request.take() {
            request.abort();
        }
    }
}
