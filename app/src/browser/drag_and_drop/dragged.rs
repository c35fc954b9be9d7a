//! What is dragged from one place of the page to another.

use std::collections::BTreeSet;

use glance_protocol::PictureId;
use web_sys::{DataTransfer, DragEvent};

/// A kind of thing that is dragged, by its data type, which is unknown to other pages.
#[derive(Clone, Copy)]
pub struct Dragged(&'static str);

/// A sample, by its index.
pub const SAMPLE: Dragged = Dragged("application/x-glance-sample");
/// Pictures of the page, by their ids.
const PICTURES: Dragged = Dragged("application/x-glance-pictures");

impl Dragged {
    /// Begins to drag one. If the browser refuses, a click or a menu does the same.
    pub fn begin(self, event: &DragEvent, data: &str) {
        if let Some(transfer) = event.data_transfer() {
            let _ = transfer.set_data(self.0, data);
        }
    }

    /// Whether one is dragged.
    pub fn is_in(self, transfer: &DataTransfer) -> bool {
        transfer.types().includes(&self.0.into(), 0)
    }

    /// What was dropped; empty if it is of another kind.
    pub fn data(self, transfer: &DataTransfer) -> String {
        transfer.get_data(self.0).unwrap_or_default()
    }
}

/// Begins to drag pictures.
pub fn drag(event: &DragEvent, ids: &BTreeSet<PictureId>) {
    let ids: Vec<String> = ids.iter().map(PictureId::to_string).collect();
    PICTURES.begin(event, &ids.join(" "));
}

/// Whether pictures of the page are dragged.
pub fn carries_pictures(transfer: &DataTransfer) -> bool {
    PICTURES.is_in(transfer)
}

/// The pictures that were dragged.
pub fn dragged(transfer: &DataTransfer) -> BTreeSet<PictureId> {
    let ids = PICTURES.data(transfer);
    ids.split(' ').filter_map(|id| id.parse().ok()).collect()
}
