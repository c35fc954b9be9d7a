//! What the page knows of the models and pictures that the browser stores.

use std::collections::HashMap;

use glance_protocol::{RequestId, Storage, StoredModel};
use leptos::prelude::*;

/// What the page knows about the models on this device.
#[derive(Clone, Copy)]
pub struct Stored {
    /// The latest list, if it was requested.
    pub storage: RwSignal<Option<Storage>>,
    /// Bytes checked and their total, while a stored model is being checked.
    pub check: RwSignal<Option<(f64, f64)>>,
    /// The result of the person's last action.
    pub result: RwSignal<String>,
    /// Whether the sheet of models is open, and so the list is kept current.
    pub(crate) watched: RwSignal<bool>,
}

/// Pictures of earlier visits, which the page offers to continue with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlierPictures {
    /// How many there are.
    pub count: u32,
    /// When the last one was added, in milliseconds since 1970.
    pub latest: f64,
}

impl Stored {
    pub(crate) fn new() -> Self {
        Self {
            storage: RwSignal::new(None),
            check: RwSignal::new(None),
            result: RwSignal::new(String::new()),
            watched: RwSignal::new(false),
        }
    }
}

/// Running requests about stored models.
#[derive(Default)]
pub(crate) struct StoredRequests {
    pub(crate) deleting: HashMap<RequestId, StoredModel>,
    pub(crate) checking: Option<(RequestId, StoredModel)>,
}

impl StoredRequests {
    pub(crate) fn checks(&self, id: RequestId) -> bool {
        self.checking
            .as_ref()
            .is_some_and(|(checking, _)| *checking == id)
    }
}
